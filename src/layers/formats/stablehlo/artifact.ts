/**
 * A module as a portable artifact: MLIR bytecode of the dialect VHLO, which any consumer of StableHLO reads that is as new as the
 * version it names. Source: MLIR's "Bytecode Format", version 6.
 *
 * @since 0.1.0
 */
import { Bytes } from "./Bytes.ts"
import { type Instruction, type Region, returning } from "./Instruction.ts"
import { type Attribute, Tables } from "./Vhlo.ts"

/**
 * The version of StableHLO whose ops are written: the first that is promised to be read for five years (2024-05), and none of the ops here
 * needs a later one.
 *
 * @category constants
 * @since 0.1.0
 */
export const stablehloVersion = "1.0.0"

const bytecodeVersion = 6
const magic = Uint8Array.of(0x4d, 0x4c, 0xef, 0x52)

const section = { strings: 0, dialects: 1, content: 2, offsets: 3, ir: 4, resources: 5, resourceOffsets: 6, properties: 8 } as const
/** Bits of an operation's mask: what it has. */
const has = { results: 2, operands: 4, regions: 16, properties: 64 } as const

/** The function `@main`. @category models @since 0.1.0 */
export interface Main {
  readonly parameters: Region["parameters"]
  readonly body: ReadonlyArray<Instruction>
  readonly results: ReadonlyArray<{ readonly name: string; readonly type: string }>
}

/** Numbers for the module's ops and properties. */
class Names {
  readonly tables = new Tables()
  readonly ops = new Map<string, number>([["module", 0]])
  readonly properties: Array<Bytes> = []
  readonly #properties = new Map<string, number>()

  op(name: string): number {
    const known = this.ops.get(name)
    if (known !== undefined) return known
    this.ops.set(name, this.ops.size)
    return this.ops.size - 1
  }

  /** The same attributes are the same number. */
  property(values: Bytes): number {
    const key = Buffer.from(values.view).toString("latin1")
    const known = this.#properties.get(key)
    if (known !== undefined) return known
    this.#properties.set(key, this.properties.length)
    return this.properties.push(values) - 1
  }
}

interface Operation {
  readonly op: number
  readonly properties?: number
  readonly results: ReadonlyArray<number>
  readonly operands: ReadonlyArray<number>
  /** Isolated: none uses a value from outside, so values are counted anew. */
  readonly regions: ReadonlyArray<Bytes>
}

const location = 0

const writeOperation = (bytes: Bytes, { op, operands, properties, regions, results }: Operation): void => {
  const mask =
    (results.length > 0 ? has.results : 0) |
    (operands.length > 0 ? has.operands : 0) |
    (regions.length > 0 ? has.regions : 0) |
    (properties !== undefined ? has.properties : 0)
  bytes.varint(op).byte(mask).varint(location)
  if (properties !== undefined) bytes.varint(properties)
  if (results.length > 0) bytes.varints(results)
  if (operands.length > 0) bytes.varints(operands)
  if (regions.length === 0) return
  const all = new Bytes()
  for (const region of regions) all.raw(region.view)
  bytes.varint(regions.length * 2 + 1).section(section.ir, all)
}

const writeRegion = (names: Names, { body, parameters }: Region): Bytes => {
  const values = new Map<string, number>()
  const define = (name: string) => values.set(name, values.size)
  for (const { name } of parameters) define(name)
  const operations = new Bytes()
  for (const one of body) {
    const operands = one.operands.map((name) => values.get(name)!)
    for (const { name } of one.results) define(name)
    const properties = new Bytes()
    for (const attribute of one.attributes) properties.varint(names.tables.attribute(attribute))
    writeOperation(operations, {
      op: names.op(`${one.op}_v1`),
      ...(properties.length === 0 ? {} : { properties: names.property(properties) }),
      results: one.results.map(({ type }) => names.tables.type(type)),
      operands,
      regions: one.regions.map((region) => writeRegion(names, region))
    })
  }
  // one block
  const bytes = new Bytes().varint(1).varint(values.size)
  bytes.varint(body.length * 2 + (parameters.length > 0 ? 1 : 0))
  if (parameters.length > 0) {
    bytes.varint(parameters.length)
    // types without a location
    for (const { type } of parameters) bytes.varint(names.tables.type(type) * 2)
    // uses in the order in which they are read
    bytes.byte(0)
  }
  return bytes.raw(operations.view)
}

const text = (value: string): Attribute => ({ _tag: "Text", value })
const none: Attribute = { _tag: "List", items: [] }

/** `func_v1 @main`: attributes of arguments, type, attributes of results, name, visibility. */
const writeMain = (names: Names, { body, parameters, results }: Main): Bytes => {
  const types = (all: Main["results"]) => all.map(({ type }) => type).join(", ")
  const type = `(${types(parameters)}) -> (${types(results)})`
  const properties = new Bytes()
  for (const attribute of [none, { _tag: "Type", type } as const, none, text("main"), text("public")]) {
    properties.varint(names.tables.attribute(attribute))
  }
  const region = writeRegion(names, { parameters, body: [...body, returning(results.map(({ name }) => name))] })
  const bytes = new Bytes()
  writeOperation(bytes, { op: names.op("func_v1"), properties: names.property(properties), results: [], operands: [], regions: [region] })
  return bytes
}

/** The dialects and the names of their ops: MLIR's own has the module, the first of them; all others are VHLO's. */
const dialects = ({ ops, tables }: Names): Bytes => {
  const bytes = new Bytes().varint(2)
  for (const dialect of ["builtin", "vhlo"]) bytes.varint(tables.string(dialect) * 2)
  bytes.varint(ops.size)
  const all = [...ops.keys()]
  for (const [dialect, own] of [all.slice(0, 1), all.slice(1)].entries()) {
    bytes.varint(dialect).varint(own.length)
    // the lowest bit: a registered op
    for (const name of own) bytes.varint(tables.string(name) * 2 + 1)
  }
  return bytes
}

/** @category conversions @since 0.1.0 */
export const encode = (main: Main): Uint8Array => {
  const names = new Names()
  // neither a name nor a visibility
  const properties = names.property(new Bytes().varint(0).varint(0))
  const inside = new Bytes().varint(1).varint(0).varint(2).raw(writeMain(names, main).view)
  const ir = new Bytes().varint(2)
  writeOperation(ir, { op: 0, properties, results: [], operands: [], regions: [inside] })
  const { content, offsets } = names.tables.codes()
  const blobs = new Bytes().varint(names.properties.length)
  for (const one of names.properties) blobs.blob(one.view)
  const producer = new TextEncoder().encode(`StableHLO_v${stablehloVersion}\0`)
  return new Bytes()
    .raw(magic)
    .varint(bytecodeVersion)
    .raw(producer)
    .section(section.dialects, dialects(names))
    .section(section.offsets, offsets)
    .section(section.content, content)
    .section(section.ir, ir)
    .section(section.resourceOffsets, new Bytes().varint(0))
    .section(section.resources, new Bytes())
    .section(section.strings, names.tables.strings())
    .section(section.properties, blobs)
    .view.slice()
}
