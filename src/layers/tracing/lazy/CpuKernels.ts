/**
 * Kernels of TensorFlow.js's CPU backend, run on values: for results whose shape depends on values, strings and complex
 * numbers, which a graph does not have.
 *
 * @since 0.1.0
 */
import type * as Cpu from "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import { EngineUnavailable } from "../../../domain/Errors.ts"
import { unknownKernel } from "../failures.ts"
import { callerSource } from "../source.ts"

/** Values of a tensor as they go in and out; a complex one has two arrays. */
export type Values = tf.backend_util.TypedArray | Array<Uint8Array> | { readonly real: Float32Array; readonly imag: Float32Array }

export interface Operand {
  readonly dtype: tf.DataType
  readonly shape: ReadonlyArray<number>
  readonly values: Values
}

/** By the names that the kernel has for them, or (Concat, Pack and the like) a list. */
export type Operands = { readonly [name: string]: Operand | ReadonlyArray<Operand> | undefined } | ReadonlyArray<Operand>

type Info = tf.TensorInfo

const isList = (operands: Operands): operands is ReadonlyArray<Operand> => Array.isArray(operands)
const isMany = (operand: Operand | ReadonlyArray<Operand>): operand is ReadonlyArray<Operand> => Array.isArray(operand)

export interface CpuKernels {
  /** Throws what the kernel throws, and typed errors. */
  readonly run: (kernel: string, operands: Operands, attrs: object) => { readonly results: ReadonlyArray<Operand>; readonly single: boolean }
}

/** Of a kernel for which the optional package would be needed. */
export const missing: CpuKernels = {
  run: (kernel) => {
    throw new EngineUnavailable({
      engine: "cpu",
      detail: `the kernel ${kernel} of TensorFlow.js's CPU backend is needed: strings, complex numbers and results whose shape depends on values are not part of a graph`,
      remedy: "Run `npm install @tensorflow/tfjs-backend-cpu`."
    })
  }
}

const isComplex = (values: Values): values is { readonly real: Float32Array; readonly imag: Float32Array } => "real" in values

const write = (cpu: Cpu.MathBackendCPU, { dtype, shape, values }: Operand): Info => {
  if (!isComplex(values)) return cpu.makeTensorInfo([...shape], dtype, values)
  const part = (data: Float32Array) => cpu.makeTensorInfo([...shape], "float32", data)
  const [real, imag] = [part(values.real), part(values.imag)]
  const info = kernelOf("Complex")({ inputs: { real, imag }, attrs: {}, backend: cpu }) as Info // it has one result
  for (const { dataId } of [real, imag]) cpu.disposeData(dataId, true)
  return info
}

/** Copies, as the backend's arrays may be shared between its tensors. */
const read = (cpu: Cpu.MathBackendCPU, { dataId, dtype, shape }: Info): Operand => {
  const { complexTensorInfos } = cpu.data.get(dataId)
  if (complexTensorInfos !== undefined && complexTensorInfos !== null) {
    const part = (info: Info) => Float32Array.from(cpu.readSync(info.dataId) as Float32Array) // parts are float32
    return { dtype, shape, values: { real: part(complexTensorInfos.real), imag: part(complexTensorInfos.imag) } }
  }
  return { dtype, shape, values: cpu.readSync(dataId).slice() as Values } // `slice` keeps the class
}

const kernelOf = (name: string): tf.KernelFunc => {
  const found = tf.getKernel(name, "cpu")
  if (found === undefined || found === null) throw unknownKernel(name, callerSource())
  return found.kernelFunc
}

/** `cpu` is an instance of its own: tfjs's registry may drop the one that it has. */
export const make = (cpu: Cpu.MathBackendCPU): CpuKernels => {
  Reflect.set(cpu, "firstUse", false) // else it advises to install another backend
  return {
    run: (kernel, operands, attrs) => {
      const live: Array<Info> = []
      const put = (operand: Operand): Info => {
        const info = write(cpu, operand)
        live.push(info)
        return info
      }
      try {
        const named = () =>
          Object.entries(operands).flatMap(([name, x]: readonly [string, Operand | ReadonlyArray<Operand> | undefined]) =>
            x === undefined ? [] : [[name, isMany(x) ? x.map(put) : put(x)] as const]
          )
        const inputs: unknown = isList(operands) ? operands.map(put) : Object.fromEntries(named())
        // lists of tensors are handed to kernels as they are, which the type does not say
        const out = kernelOf(kernel)({ inputs: inputs as tf.NamedTensorInfoMap, attrs: { ...attrs }, backend: cpu })
        const infos = Array.isArray(out) ? out : [out]
        live.push(...infos)
        return { results: infos.map((info) => read(cpu, info)), single: !Array.isArray(out) }
      } finally {
        for (const { dataId } of live) cpu.disposeData(dataId, true)
      }
    }
  }
}

/** The package, if it is installed. */
export const load = async (): Promise<CpuKernels> => {
  let found: typeof Cpu
  try {
    found = await import("@tensorflow/tfjs-backend-cpu")
  } catch {
    return missing
  }
  return make(new found.MathBackendCPU())
}
