/** Each case of `golden.json` with the package's or tfjs's optimizer for it, and the slots that it has. */
import * as tf from "@tensorflow/tfjs-core"
import * as Clip from "../../../../src/layers/tracing/optimizers/Clip.ts"
import * as Optimizers from "../../../../src/layers/tracing/optimizers/Optimizers.ts"
import * as Schedules from "../../../../src/layers/tracing/schedules/Schedules.ts"
import type { Setting } from "./problem.ts"

export interface GoldenSetting extends Setting {
  readonly slots: ReadonlyArray<string>
}

const both = (...kinds: ReadonlyArray<string>) => kinds.flatMap((kind) => [`w/${kind}`, `b/${kind}`])
const notBias = (name: string) => name !== "b"
const cosine = Schedules.warmup(10, Schedules.cosine({ initial: 0.05, steps: 90, alpha: 0.1 }))
const halving = Schedules.exponential({ initial: 1, rate: 0.5, steps: 20, staircase: true })
const adamW = ["AdamW/iteration", ...both("AdamW/m", "AdamW/v")]
const adam = ["Adam/accBeta1", "Adam/accBeta2", ...both("Adam/m", "Adam/v")]
const factored = ["Adafactor/iteration", "w/Adafactor/vr", "w/Adafactor/vc", "b/Adafactor/v"]
const rmsprop = both("RMSProp/rms", "RMSProp/momentum")

const own: { readonly [name: string]: GoldenSetting } = {
  AdamW: { make: () => new Optimizers.AdamW({ learningRate: 0.02, weightDecay: 0.1 }), slots: adamW },
  "AdamW, masked": { make: () => new Optimizers.AdamW({ learningRate: 0.02, weightDecay: 0.1, decays: notBias }), slots: adamW },
  "AdamW, warm-up and cosine": { make: () => new Optimizers.AdamW({ learningRate: cosine, weightDecay: 0.1 }), slots: adamW },
  LAMB: { make: () => new Optimizers.LAMB({ learningRate: 0.02, weightDecay: 0.1 }), slots: ["LAMB/iteration", ...both("LAMB/m", "LAMB/v")] },
  "LAMB, norms of the matrix alone": {
    make: () => new Optimizers.LAMB({ learningRate: 0.02, weightDecay: 0.1, adapts: notBias }),
    slots: ["LAMB/iteration", ...both("LAMB/m", "LAMB/v")]
  },
  Lion: { make: () => new Optimizers.Lion({ learningRate: 0.002, weightDecay: 0.1 }), slots: ["Lion/iteration", ...both("Lion/m")] },
  Adafactor: { make: () => new Optimizers.Adafactor({ learningRate: 0.05, relativeStep: false }), slots: factored },
  "Adafactor, momentum, no clipping": {
    make: () => new Optimizers.Adafactor({ learningRate: 0.02, relativeStep: false, scaleParameter: false, beta1: 0.9, clipThreshold: 0 }),
    slots: [...factored, ...both("Adafactor/m")]
  },
  "Adafactor, relative": { make: () => new Optimizers.Adafactor({ learningRate: 0.2, weightDecay: 0.02 }), slots: factored },
  "Adafactor, three axes": { make: () => new Optimizers.Adafactor({ learningRate: 0.2, weightDecay: 0.02 }), shape: [2, 3, 4], slots: factored },
  Adadelta: { make: () => new Optimizers.Adadelta(), slots: ["Adadelta/iteration", ...both("Adadelta/accum_grad", "Adadelta/accum_var")] },
  RMSProp: {
    make: () => new Optimizers.RMSProp({ learningRate: cosine, momentum: 0.5, epsilon: 1e-4 }),
    slots: ["RMSProp/iteration", ...rmsprop]
  },
  "RMSProp, centered": {
    make: () => new Optimizers.RMSProp({ learningRate: 0.01, epsilon: 1e-3, centered: true }),
    slots: ["RMSProp/iteration", ...both("RMSProp/rms", "RMSProp/mg")]
  },
  SGD: { make: () => new Optimizers.SGD({ learningRate: 0.1 }), slots: ["SGD/iteration"] },
  "SGD, Nesterov": {
    make: () => new Optimizers.SGD({ learningRate: 0.05, momentum: 0.9, nesterov: true }),
    slots: ["SGD/iteration", ...both("SGD/momentum")]
  },
  "SGD, decay": {
    make: () => new Optimizers.SGD({ learningRate: 0.05, momentum: 0.9, weightDecay: 0.1 }),
    slots: ["SGD/iteration", ...both("SGD/momentum")]
  },
  "SGD, decay of the matrix alone": {
    make: () => new Optimizers.SGD({ learningRate: 0.05, momentum: 0.9, weightDecay: 0.1, decays: notBias }),
    slots: ["SGD/iteration", ...both("SGD/momentum")]
  }
}

const tfjs: { readonly [name: string]: GoldenSetting } = {
  "tfjs momentum": { make: () => tf.train.momentum(0.05, 0.9), slots: both("Momentum/momentum") },
  "tfjs momentum, Nesterov": { make: () => tf.train.momentum(0.05, 0.9, true), slots: both("Momentum/momentum") },
  "tfjs adadelta": { make: () => tf.train.adadelta(0.5, 0.95, 1e-4), slots: both("Adadelta/accum_grad", "Adadelta/accum_var") },
  "tfjs adagrad": { make: () => tf.train.adagrad(0.1, 0.1), slots: both("Adagrad/accumulator") },
  "tfjs adam": { make: () => tf.train.adam(0.02, 0.9, 0.999, 1e-7), slots: adam },
  "tfjs adamax": {
    make: () => tf.train.adamax(0.02, 0.9, 0.999, 1e-7),
    slots: ["Adamax/iteration", "Adamax/accBeta1", ...both("Adamax/m", "Adamax/v")]
  },
  "tfjs rmsprop": { make: () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-4), slots: rmsprop },
  "tfjs rmsprop, centered": { make: () => tf.train.rmsprop(0.002, 0.9, 0.5, 1e-8, true), slots: [...rmsprop, ...both("RMSProp/mg")] }
}

const wrapped: { readonly [name: string]: GoldenSetting } = {
  "adam, halving": {
    make: () => Optimizers.withSchedule(tf.train.adam(1, 0.9, 0.999, 1e-7), Schedules.scale(halving, 0.05)),
    slots: ["Schedule/iteration", ...adam]
  },
  "rmsprop, halving": {
    make: () => Optimizers.withSchedule(tf.train.rmsprop(1, 0.9, 0.5, 1e-4), Schedules.scale(halving, 0.02)),
    slots: ["Schedule/iteration", ...rmsprop]
  },
  "adam, clipped by global norm": {
    make: () => new Optimizers.AdamW({ learningRate: 0.02, weightDecay: 0 }),
    options: () => ({ transform: Clip.byGlobalNorm(0.1) }),
    slots: adamW
  },
  "sgd, clipped by value": {
    make: () => Optimizers.withTransform(tf.train.sgd(0.5), Clip.byValue(-0.02, 0.02)),
    slots: []
  },
  "adam, every 4": {
    make: () => Optimizers.accumulate(new Optimizers.AdamW({ learningRate: 0.05, weightDecay: 0 }), 4),
    slots: ["Accumulate/count", ...both("Accumulate/gradient"), ...adamW]
  }
}

export const settings: { readonly [name: string]: GoldenSetting } = { ...own, ...tfjs, ...wrapped }
