import * as tf from "@tensorflow/tfjs-core";
import type { EstimatorSpec, ModelFn, Nest, VariableScope } from "../../domain/Model.ts";
import type { Mode } from "../../domain/Program.ts";
import type { Tensor } from "../../domain/Tensor.ts";
export interface EagerRun<P, E = never, R = never> {
    readonly modelFn: ModelFn<P, E, R>;
    readonly mode: Mode;
    readonly params: P;
    readonly features: Nest<Tensor>;
    readonly labels?: Nest<Tensor>;
    readonly cache?: ReadonlyArray<tf.Tensor>;
    readonly seed?: number;
    readonly step?: number;
    readonly variables?: VariableScope;
}
export declare const runEagerly: <P, E = never, R = never>({ modelFn, mode, params, features, labels, cache, seed, step, variables }: EagerRun<P, E, R>) => EstimatorSpec<E, R>;
