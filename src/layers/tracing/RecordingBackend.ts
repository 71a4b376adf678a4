/**
 * The TensorFlow.js backend that computes nothing: kernels add nodes to the recording's graph.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"
import { TraceError } from "../../domain/Errors.ts"
import type { NodeId } from "../../domain/graph/Graph.ts"
import { GraphError } from "../../domain/graph/GraphError.ts"
import { Emit } from "./Emit.ts"
import { evaluateConstant } from "./evaluateConstant.ts"
import { asyncSelection, failure, hostRead } from "./failures.ts"
import { GraphBackend, type KernelResult, type RegisteredKernel } from "./GraphBackend.ts"
import { recordComplex } from "./kernels/complex.ts"
import { current, dtypeOf, Recorded, type Recording } from "./Recording.ts"
import { caller, callerSource } from "./source.ts"

export { backendName } from "./GraphBackend.ts"

/** Host functions that draw numbers; the constants they make are named after them. */
const drawers =
  /(randomUniform|randomNormal|truncatedNormal|randomStandardNormal|randomGamma|dropout|rand|alphaDropout|gaussianNoise|randomUniformInt)_?$/i

/** tfjs functions that read values to find their result, and give a promise of it. */
const selectors = /^(whereAsync|booleanMaskAsync|setdiff1dAsync|nonMaxSuppression\w*Async|inTopKAsync)/

const nowhere = { source: undefined, through: [] }

export class RecordingBackend extends GraphBackend {
  readonly recording: Recording

  constructor(recording: Recording) {
    super()
    this.recording = recording
  }

  override runKernel(kernel: RegisteredKernel, inputs: object, attrs: object): KernelResult {
    const { name, record } = kernel
    const { recording } = this
    const source = recording.sourced ? callerSource() : undefined
    if (source !== undefined) recording.lastSource.set(name, source)
    try {
      const emit = new Emit(recording, name, source)
      const complex = recordComplex(emit, kernel, inputs, attrs)
      if (complex !== undefined) return complex
      const result = record(emit, inputs, attrs)
      const info = (node: NodeId) => {
        recording.madeBy(node, name, source)
        return recording.info(node, name, source)
      }
      return typeof result === "number" ? info(result) : result.map(info)
    } catch (error) {
      const typed = kernelFailure(error, name, source)
      if (typed instanceof TraceError || !(typed instanceof Error)) throw typed
      // what tfjs's own checks say, at the user's line: the stack of the error may not reach so far
      throw failure("InvalidOperands", typed.message, { op: name, source, cause: typed })
    }
  }

  override write(values: tf.backend_util.BackendValues, shape: Array<number>, dtype: tf.DataType): tf.DataId {
    const { source, through } = this.recording.sourced ? caller() : nowhere
    const drawn = through.map((name) => drawers.exec(name)?.[1]).filter((name) => name !== undefined)
    const op = drawn.at(-1) ?? "Constant"
    const type = { dtype: dtypeOf(dtype, op, source), shape: [...shape] }
    return new Recorded(this.recording, type, op, source, values as ArrayLike<number>) // not strings: `dtypeOf` refused them
  }

  override readSync(dataId: object): tf.backend_util.BackendValues {
    return this.#read(dataId)
  }

  /**
   * While the recording is under way a read that fails gives a promise that never settles, and the failure is kept for the
   * end of the recording: nobody may await the promise, nor those that tfjs's async functions make of it, and a rejection
   * that nobody handles ends the process.
   */
  override read(dataId: object): Promise<tf.backend_util.BackendValues> {
    try {
      const { source, through } = this.recording.sourced ? caller() : nowhere
      const selector = selectorOf(through)
      // the result of a constant is of no use either: it comes when the recording is over
      if (selector !== undefined) throw asyncSelection(selector, source)
      return Promise.resolve(this.#read(dataId))
    } catch (error) {
      if (current() !== this.recording) return Promise.reject(error)
      this.recording.failed ??= error instanceof TraceError ? error : hostRead("Tensor", undefined, callerSource())
      return new Promise(() => undefined)
    }
  }

  #read(dataId: object): tf.backend_util.BackendValues {
    if (!(dataId instanceof Recorded)) throw hostRead("Tensor", undefined, callerSource())
    if (dataId.host !== undefined) return dataId.host as tf.backend_util.BackendValues // numbers, as `write` took them
    const value = evaluateConstant(this.recording, dataId.node)
    if (value !== undefined) return value
    throw hostRead(dataId.op, dataId.source, callerSource())
  }

  // data lives as long as its recording: counts and disposal have no meaning here
  override numDataIds() {
    return 0
  }
  override disposeData() {
    return false
  }
  override refCount() {
    return 1
  }
  override incRef() {}
  override memory() {
    return { unreliable: true }
  }
  override timerAvailable() {
    return false
  }
  override floatPrecision(): 16 | 32 {
    return 32
  }
  override epsilon() {
    return 1e-7
  }
  override dispose() {}
}

/** What a kernel's rule threw, with the user's line. */
export const kernelFailure = (error: unknown, name: string, source: string | undefined): unknown => {
  if (error instanceof TraceError)
    return error.source === undefined ? failure(error.reason, error.detail, { ...error, source: callerSource() }) : error
  // tfjs leaves the check to its kernels: on another backend this would throw, too
  if (error instanceof GraphError) return failure("InvalidOperands", `the operands do not fit: ${error.detail}`, { op: name, source, cause: error })
  return error
}

const selectorOf = (through: ReadonlyArray<string>) => through.map((name) => selectors.exec(name)?.[1]).findLast((name) => name !== undefined)
