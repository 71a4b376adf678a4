/**
 * ONNX Runtime through its C API (onnxruntime_c_api.h), called by koffi on the library that onnxruntime-node ships.
 *
 * The package's own binding copies every output of a run and refuses shared memory; the C API does neither.
 *
 * @since 0.1.0
 */
import { type ElementType, elementTypes } from "./OnnxModel.ts"

/** What is used of koffi. */
interface Koffi {
  readonly load: (path: string) => {
    readonly func: (name: string, result: string, parameters: ReadonlyArray<string>) => (...args: Array<unknown>) => unknown
  }
  readonly decode: (pointer: unknown, type: unknown, length?: number) => unknown
  readonly proto: (result: string, parameters: ReadonlyArray<string>) => unknown
  readonly array: (type: string, length: number) => unknown
  readonly address: (value: unknown) => bigint
}

/** Positions in `struct OrtApi`, which only ever grows at its end; all of these are in it since version 1.6. */
const Api = {
  GetErrorMessage: [2, "const char *", 1],
  CreateEnv: [3, "void *", ["int", "const char *", "void *"]],
  CreateSessionFromArray: [8, "void *", ["void *", "void *", "size_t", "void *", "void *"]],
  Run: [9, "void *", ["void *", "void *", "void *", "void *", "size_t", "void *", "size_t", "void *"]],
  CreateSessionOptions: [10, "void *", 1],
  EnableProfiling: [14, "void *", 2],
  DisableMemPattern: [17, "void *", 1],
  SetSessionGraphOptimizationLevel: [23, "void *", ["void *", "int"]],
  SetIntraOpNumThreads: [24, "void *", ["void *", "int"]],
  CreateTensorWithDataAsOrtValue: [49, "void *", ["void *", "void *", "size_t", "void *", "size_t", "int", "void *"]],
  CreateCpuMemoryInfo: [69, "void *", ["int", "int", "void *"]],
  ReleaseEnv: [92, "void", 1],
  ReleaseStatus: [93, "void", 1],
  ReleaseMemoryInfo: [94, "void", 1],
  ReleaseSession: [95, "void", 1],
  ReleaseValue: [96, "void", 1],
  ReleaseSessionOptions: [100, "void", 1],
  AddSessionConfigEntry: [130, "void *", ["void *", "const char *", "const char *"]]
} as const

type ApiName = keyof typeof Api
type Native = (...args: Array<unknown>) => unknown
type Handle = bigint

/** Version 16 is of ONNX Runtime 1.16; later libraries give it too. */
const apiVersion = 16

/** ONNX Runtime answered a call with an error; the message is its own. @category errors @since 0.1.0 */
export class OrtError extends Error {
  constructor(message: string) {
    super(message)
    this.name = "OrtError"
  }
}

/** @category models @since 0.1.0 */
export interface SessionOptions {
  readonly threads: number
  readonly config: { readonly [key: string]: string }
  readonly memoryPattern: boolean
  /** Prefix of the file to which kernel times are written when the session is released. */
  readonly profile?: string | undefined
}

/** Arguments of a run that stay the same from one to the next; `inputs` and `outputs` hold handles of tensors. @category models @since 0.1.0 */
export interface Bound {
  readonly inputs: BigUint64Array
  readonly outputs: BigUint64Array
}

/** The library, opened; `close` after everything made with it. @category models @since 0.1.0 */
export class Ort {
  readonly #koffi: Koffi
  /** Held: koffi unloads a library whose object is collected, and the functions in it with it. */
  readonly #library: ReturnType<Koffi["load"]>
  readonly #api: { readonly [K in ApiName]: Native }
  readonly #env: Handle
  readonly #memory: Handle
  readonly #out = new BigUint64Array(1)
  #handles = 0

  constructor(koffi: Koffi, library: string) {
    this.#koffi = koffi
    this.#library = koffi.load(library)
    const base = this.#library.func("OrtGetApiBase", "void *", [])()
    const [getApi] = koffi.decode(base, koffi.array("void *", 2)) as [unknown] // an array type decodes to an array
    const table = (koffi.decode(getApi, koffi.proto("void *", ["uint32_t"])) as Native)(apiVersion)
    if (!table) throw new OrtError(`the library has no API version ${apiVersion}`)
    const pointers = koffi.decode(table, koffi.array("void *", 131)) as Array<unknown> // as above
    const bind = ([index, result, parameters]: (typeof Api)[ApiName]): Native =>
      koffi.decode(
        pointers[index],
        koffi.proto(result, typeof parameters === "number" ? new Array<string>(parameters).fill("void *") : parameters)
      ) as Native
    // built from the table's own keys
    this.#api = Object.fromEntries(Object.entries(Api).map(([name, entry]) => [name, bind(entry)])) as { [K in ApiName]: Native }
    this.#env = this.#create((out) => this.#api.CreateEnv(4, "effect-estimator", out))
    this.#memory = this.#create((out) => this.#api.CreateCpuMemoryInfo(1, 0, out))
  }

  /** Handles made and not yet released. */
  get handles(): number {
    return this.#handles
  }

  #check(status: unknown): void {
    if (!status) return
    const message = String(this.#api.GetErrorMessage(status))
    this.#api.ReleaseStatus(status)
    throw new OrtError(message)
  }

  #create(make: (out: BigUint64Array) => unknown): Handle {
    this.#check(make(this.#out))
    this.#handles++
    return this.#out[0]!
  }

  #release(name: ApiName, handle: Handle): void {
    this.#api[name](handle)
    this.#handles--
  }

  /** A tensor over memory that is not copied and must outlive it. */
  tensor(type: ElementType, shape: ReadonlyArray<number>, data: Uint8Array): Handle {
    const dims = BigInt64Array.from(shape, BigInt)
    return this.#create((out) =>
      this.#api.CreateTensorWithDataAsOrtValue(this.#memory, data, data.byteLength, dims, shape.length, elementTypes[type], out)
    )
  }

  releaseTensor(tensor: Handle): void {
    this.#release("ReleaseValue", tensor)
  }

  session(model: Uint8Array, options: SessionOptions): Handle {
    const handle = this.#create((out) => this.#api.CreateSessionOptions(out))
    try {
      this.#check(this.#api.SetIntraOpNumThreads(handle, options.threads))
      this.#check(this.#api.SetSessionGraphOptimizationLevel(handle, 99))
      if (!options.memoryPattern) this.#check(this.#api.DisableMemPattern(handle))
      if (options.profile !== undefined) this.#check(this.#api.EnableProfiling(handle, new TextEncoder().encode(`${options.profile}\0`)))
      for (const [key, value] of Object.entries(options.config)) this.#check(this.#api.AddSessionConfigEntry(handle, key, value))
      return this.#create((out) => this.#api.CreateSessionFromArray(this.#env, model, model.byteLength, handle, out))
    } finally {
      this.#release("ReleaseSessionOptions", handle)
    }
  }

  releaseSession(session: Handle): void {
    this.#release("ReleaseSession", session)
  }

  /** A function that runs the session: results are written into the output tensors given. Throws `OrtError`. */
  runner(session: Handle, inputs: ReadonlyArray<string>, outputs: ReadonlyArray<string>): (bound: Bound) => void {
    const text = new TextEncoder().encode([...inputs, ...outputs].map((name) => `${name}\0`).join(""))
    const base = this.#koffi.address(text)
    let at = 0
    const pointers = (names: ReadonlyArray<string>) =>
      BigUint64Array.from(names, (name) => {
        const pointer = base + BigInt(at)
        at += new TextEncoder().encode(name).length + 1
        return pointer
      })
    const names = { inputs: pointers(inputs), outputs: pointers(outputs), text }
    const run = this.#api.Run
    return (bound) => {
      const status = run(session, null, names.inputs, bound.inputs, inputs.length, names.outputs, outputs.length, bound.outputs)
      // `text` holds the characters that the pointers point to
      if (status && names.text.length >= 0) this.#check(status)
    }
  }

  close(): void {
    this.#release("ReleaseMemoryInfo", this.#memory)
    this.#release("ReleaseEnv", this.#env)
  }
}
