/**
 * Types that users rely on, checked by `npm run check`: an error here is a change of the public surface.
 */
import type { NodeServices } from "@effect/platform-node"
import type { Effect, FileSystem, Layer, Schema, Stream } from "effect"
import type { DeviceOnnx, DeviceReference, Errors, Estimator, EstimatorNode, EstimatorTest, Hooks, Input, Tensor } from "../../src/index.ts"
import type { Device } from "../../src/services/Device.ts"

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Expect<T extends true> = T

declare class InputBroke {
  readonly _tag: "InputBroke"
}
declare class HookBroke {
  readonly _tag: "HookBroke"
}

declare const estimator: Estimator.Estimator<{ readonly rate: number }>
declare const input: Stream.Stream<Input.Example, InputBroke, FileSystem.FileSystem>
declare const hook: Hooks.Hook<HookBroke>
declare const train: typeof Estimator.train
declare const evaluate: typeof Estimator.evaluate
declare const predict: typeof Estimator.predict

const trained = () => train(estimator, { input, hooks: [hook] })
const evaluated = () => evaluate(estimator, { input })
const predicted = () => predict(estimator, { input })

/** Errors and requirements of inputs and hooks flow into the program's type. */
export type Flows = [
  Expect<Equal<Effect.Error<ReturnType<typeof trained>>, Errors.EstimatorError | InputBroke | HookBroke>>,
  Expect<Equal<Effect.Services<ReturnType<typeof trained>>, Estimator.EstimatorServices | FileSystem.FileSystem>>,
  Expect<Equal<Effect.Success<ReturnType<typeof trained>>, Estimator.TrainResult>>,
  Expect<Equal<Effect.Error<ReturnType<typeof evaluated>>, Errors.EstimatorError | InputBroke>>,
  Expect<Equal<Stream.Error<ReturnType<typeof predicted>>, Errors.EstimatorError | InputBroke>>,
  Expect<Equal<Stream.Success<ReturnType<typeof predicted>>, { readonly [name: string]: Tensor.Tensor }>>
]

/** A device and `EstimatorNode.layer` are all that a program needs; `EstimatorTest.layer` alone is enough, too. */
export type Enough = [
  Expect<Equal<Exclude<Estimator.EstimatorServices, Device | Layer.Success<typeof EstimatorNode.layer>>, never>>,
  Expect<Equal<Layer.Success<ReturnType<typeof EstimatorTest.layer>>, Estimator.EstimatorServices>>,
  Expect<Equal<Layer.Success<ReturnType<typeof DeviceOnnx.layer>>, Device>>,
  Expect<Equal<Layer.Services<ReturnType<typeof DeviceReference.layer>>, never>>,
  Expect<Equal<Extract<NodeServices.NodeServices, Layer.Success<typeof EstimatorNode.layer>>, NodeServices.NodeServices>>
]

/** Every error has a tag and a message, and is one of a closed union. */
export type Errored = Expect<
  Equal<
    Errors.EstimatorError["_tag"],
    | "TraceError"
    | "CompileError"
    | "ExecuteError"
    | "EngineUnavailable"
    | "InputError"
    | "NanLossError"
    | "NumericsError"
    | "CheckpointError"
    | "ConfigError"
    | "SinkError"
    | "HostFunctionError"
    | "PartyStalled"
  >
>
export type Reasons = Expect<Equal<Schema.Schema.Type<typeof Errors.TraceReason>, Errors.TraceReason>>
