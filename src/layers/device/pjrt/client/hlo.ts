/**
 * Reads from an optimised program (`xla.HloModuleProtoWithConfig`) how many of each operation it has.
 *
 * @since 0.1.0
 */

/** A field of a message: its number, and its bytes where it has any (strings, bytes, messages). */
interface Field {
  readonly number: number
  readonly bytes: Uint8Array | undefined
}

function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++]!
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const key = varint()
    const [number, type] = [Math.floor(key / 8), key % 8]
    if (type === 0) {
      varint()
      yield { number, bytes: undefined }
      continue
    }
    const length = type === 2 ? varint() : type === 1 ? 8 : type === 5 ? 4 : -1
    if (length < 0) return
    yield { number, bytes: type === 2 ? message.subarray(at, at + length) : undefined }
    at += length
  }
}

function* within(message: Uint8Array, number: number): Generator<Uint8Array> {
  for (const field of fieldsOf(message)) if (field.number === number && field.bytes !== undefined) yield field.bytes
}

/** HloModuleProtoWithConfig.hlo_module, HloModuleProto.computations, HloComputationProto.instructions, HloInstructionProto.opcode. */
const [moduleField, computationsField, instructionsField, opcodeField] = [1, 3, 2, 2] as const

/** By opcode as XLA has it: `all-reduce`, `fusion`, `dot` … @category readers @since 0.1.0 */
export const countOpcodes = (program: Uint8Array): { readonly [opcode: string]: number } => {
  const counts: { [opcode: string]: number } = {}
  for (const module of within(program, moduleField))
    for (const computation of within(module, computationsField))
      for (const instruction of within(computation, instructionsField))
        for (const opcode of within(instruction, opcodeField)) {
          const name = new TextDecoder().decode(opcode)
          counts[name] = (counts[name] ?? 0) + 1
        }
  return counts
}
