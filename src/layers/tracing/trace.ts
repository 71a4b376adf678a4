/**
 * Records a model function twice and gives the program, if both recordings agree.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"
import { TraceError } from "../../domain/Errors.ts"
import type { Node, NodeId } from "../../domain/graph/Graph.ts"
import type { FeatureNest, ModelInput, SummaryRecorder } from "../../domain/Model.ts"
import * as nest from "../../domain/nest.ts"
import { optimize } from "../../domain/passes/pipeline.ts"
import { globalStepName } from "../../domain/Program.ts"
import type { TensorType } from "../../domain/Tensor.ts"
import type { Traced, TraceRequest } from "../../services/Tracer.ts"
import { assemble, type Assembled, type Given } from "./assemble.ts"
import { differenceOf } from "./compare.ts"
import { failure, unknownKernel } from "./failures.ts"
import { recordedRandom } from "./random.ts"
import { Recording } from "./Recording.ts"
import { backendName } from "./RecordingBackend.ts"
import { outerStates, withRecording } from "./session.ts"
import { fromStack } from "./source.ts"
import { specOutputs, type SpecOutputs } from "./specOutputs.ts"
import { recordedSummaries } from "./summaries.ts"
import { recordedVariables } from "./variables.ts"

interface Recorded<E, R> {
  readonly recording: Recording
  readonly graphs: Assembled
  readonly outputs: SpecOutputs<E, R>
}

/**
 * Seeds of `Math.random` in the two recordings. What the first one draws may become initial values: those of tf.layers,
 * which draw on the host. Those of `variables.get` follow the run's random key.
 */
const hostSeeds = (seed = 20_170_612) => [seed, seed ^ 0x5bd1e995] as const

const unregistered = new RegExp(`Kernel '(\\w+)' not registered for backend '${backendName}'`)
const noTensor = /must be a Tensor or TensorLike, but got/
const noVariables = /^variableGrads\(\) expects at least one of the input variables|none of the 0 variables/
const withoutGradient = /gradient function not found for (\w+)/

const ofPlaces =
  "Its pixels are taken at computed places, and the gradients for image and places are two more kernels, which TensorFlow.js lacks too. Where the variables come after it, prepare the images in the input pipeline; " +
  "where the box is known, use tf.image.resizeBilinear(tf.slice(image, begin, size), size), which has one; or give it one with tf.customGrad"

/** Operations that compile and have no gradient, with what does it instead. */
const withoutGradientHere: Readonly<Record<string, string>> = { CropAndResize: ofPlaces, Transform: ofPlaces }

/** What came out of the user's code as an exception, with its place. */
const asTraceError = (error: unknown, recording: Recording): TraceError => {
  if (error instanceof TraceError) return error
  const message = error instanceof Error ? error.message : String(error)
  const source = error instanceof Error ? fromStack(error.stack) : undefined
  const kernel = unregistered.exec(message)?.[1]
  if (kernel !== undefined) return unknownKernel(kernel, source)
  const op = withoutGradient.exec(message)?.[1]
  if (op !== undefined) {
    const why = withoutGradientHere[op] ?? "Replace it, give it one with tf.customGrad, or cut it off from the loss"
    const detail = `TensorFlow.js has no gradient for this operation, and the loss depends on a variable through it. ${why}`
    return failure("MissingGradient", detail, { op, source: recording.lastSource.get(op) ?? source })
  }
  const advice = noTensor.test(message) ? recording.leavesText : noVariables.test(message) ? madeInside : undefined
  return failure("ModelThrew", advice === undefined ? message : `${message.replace(/[.\s]+$/, "")}. ${advice}`, { source, cause: error })
}

const madeInside =
  "A plain optimizer sees only the variables made before minimize; make them before it, or use new CrossReplicaOptimizer(optimizer), which sees those made inside the function too"

/** Calls the user's function; its exceptions, and failures that it swallowed, become typed. */
const callUser = <A>(recording: Recording, f: () => A): A => {
  let result: A
  try {
    result = f()
  } catch (error) {
    throw recording.failed ?? asTraceError(error, recording)
  }
  if (result instanceof Promise) result.catch(() => undefined) // an asynchronous function is refused, whatever becomes of it
  if (recording.failed !== undefined) throw recording.failed
  return result
}

const makeGiven = <P, E, R>(recording: Recording, request: TraceRequest<P, E, R>): Given => {
  const { builder } = recording
  const globalStep = builder.parameter(globalStepName, { _tag: "State", kind: "step", trainable: false }, { dtype: "int32", shape: [] })
  const leaves = [
    ...nest.flatten(request.features, "features"),
    ...(request.labels === undefined ? [] : nest.flatten(request.labels, "labels")),
    { name: "valid", value: { dtype: "float32", shape: [request.perReplicaBatchSize] } satisfies TensorType }
  ]
  const batch = leaves.map(({ name, value }) => ({ name, node: builder.parameter(name, { _tag: "Batch" }, value) }))
  const { cacheFn } = request
  const initial = cacheFn === undefined ? [] : callUser(recording, () => cacheFn(request.perReplicaBatchSize, request.mode))
  const cache = initial.map((x, i) => {
    const name = `cache/${i}`
    const node = recording.nodeOf(x, name, undefined)
    return { name, initial: node, node: builder.parameter(name, { _tag: "State", kind: "cache", trainable: false }, builder.typeOf(node)) }
  })
  for (const { name, node } of [...batch, ...cache, { name: globalStepName, node: globalStep }]) recording.madeBy(node, name, undefined)
  recording.leavesText = `The input and the cache have these tensors: ${[...batch, ...cache].map(({ name }) => name).join(", ")}`
  return { globalStep, batch, cache }
}

const modelInput = <P, E, R>(recording: Recording, request: TraceRequest<P, E, R>, given: Given, summary: SummaryRecorder): ModelInput<P> => {
  const byName = new Map(given.batch.map(({ name, node }) => [name, recording.tensor(node, name)]))
  const leaf = (name: string): tf.Tensor => byName.get(name)!
  // the structure is the input's: see the docstring of `FeatureNest`
  const structure = (types: TraceRequest<P, E, R>["features"], prefix: string) => nest.map(types, prefix, (_, name) => leaf(name)) as FeatureNest
  const tensor = ({ node, name }: { readonly node: NodeId; readonly name: string }) => recording.tensor(node, name)
  return {
    features: structure(request.features, "features"),
    labels: structure(request.labels ?? {}, "labels"),
    mode: request.mode,
    params: request.params,
    cache: given.cache.map(tensor),
    random: recordedRandom(() => recording.draws++),
    variables: recordedVariables(),
    summary,
    valid: leaf("valid"),
    globalStep: recording.tensor(given.globalStep, globalStepName) as tf.Scalar, // its type is int32[]
    replicas: request.replicas,
    batchSize: request.perReplicaBatchSize
  }
}

const recordOnce = <P, E, R>(request: TraceRequest<P, E, R>, hostSeed: number, sourced: boolean): Recorded<E, R> => {
  const recording = new Recording(request.replicas, outerStates(), sourced)
  return withRecording(recording, hostSeed, () => {
    const given = makeGiven(recording, request)
    const summaries = recordedSummaries(recording, request.mode !== "predict" && request.summaries !== false)
    const spec = callUser(recording, () => request.modelFn(modelInput(recording, request, given, summaries.recorder)))
    const outputs = specOutputs(
      recording,
      spec,
      request.mode,
      request.perReplicaBatchSize,
      given.cache.map(({ node }) => recording.builder.typeOf(node)),
      summaries.marked,
      request.exporting ?? false
    )
    return { recording, graphs: assemble(recording, given, request.mode, outputs), outputs }
  })
}

/** The tfjs function that made a literal of the step: found by its data, as the step graph has numbers of its own. */
const drawerOf =
  ({ recording }: Recorded<unknown, unknown>) =>
  (literal: Node): string | undefined => {
    const nodes = recording.graph().nodes
    const at = nodes.findIndex((node) =>
      literal.op === "Constant"
        ? node.op === "Constant" && node.attrs.data === literal.attrs.data
        : literal.op === "Fill" && node.op === "Fill" && node.source === literal.source && Object.is(node.attrs.value, literal.attrs.value)
    )
    return at < 0 ? undefined : recording.originOf(at)?.op
  }

/**
 * Synchronous, hence atomic: TensorFlow.js is afterwards as it was. Throws `TraceError`; anything else that it throws is
 * a defect of this package.
 */
export const trace = <P, E, R>(request: TraceRequest<P, E, R>): Traced<E, R> => {
  const [seed, other] = hostSeeds(request.seed)
  const first = recordOnce(request, seed, true)
  const second = recordOnce(request, other, false)
  const difference = differenceOf(first.graphs.step, second.graphs.step, drawerOf(first))
  if (difference !== undefined) throw difference
  const { graphs, outputs } = first
  return {
    program: { mode: request.mode, step: optimize(graphs.step), init: optimize(graphs.init()) },
    metrics: outputs.metrics,
    hostCall: outputs.hostCall,
    summaries: outputs.summaries,
    predictions: outputs.predictions,
    exports: outputs.exports,
    replicaLoss: outputs.replicaLoss
  }
}
