import { assert, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Layer, Stream } from "effect"
import * as EstimatorTest from "../../src/EstimatorTest.ts"
import type { RunEvent } from "../../src/domain/Events.ts"
import type { ModelFn } from "../../src/domain/Model.ts"
import { make as tensor } from "../../src/domain/Tensor.ts"
import type { WarmStart } from "../../src/domain/WarmStart.ts"
import * as NameRules from "../../src/domain/NameRules.ts"
import * as CheckpointStoreFile from "../../src/layers/storage/CheckpointStoreFile.ts"
import { CrossReplicaOptimizer } from "../../src/layers/tracing/CrossReplicaOptimizer.ts"
import * as Estimator from "../../src/programs/Estimator.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"
import { recordEvents } from "./models.ts"

interface Params {
  readonly prefix: string
  readonly width: number
  readonly rate: number
}

/** Two layers under a prefix, a counter that is not trained, and Adam with its slots. */
const modelFn: ModelFn<Params> = ({ features, labels, params, variables }) => {
  const scope = variables.scope(params.prefix)
  const hidden = scope.get("hidden", [2, params.width])
  const out = scope.get("out", [params.width, 1])
  scope.get("seen", [], { trainable: false, initializer: () => tf.scalar(7) })
  const lossOf = () => tf.mean<tf.Scalar>(tf.square(tf.sub(tf.matMul(tf.tanh(tf.matMul(features, hidden)), out), labels)))
  return { loss: new CrossReplicaOptimizer(tf.train.adam(params.rate)).minimize(lossOf) }
}

const batch = { features: tensor(Float32Array.of(0, 1, 1, 0), [2, 2]), labels: tensor(Float32Array.of(1, 2), [2, 1]) }
const input = Stream.fromIterable(Array.from({ length: 20 }, () => batch))
const estimator = (modelDir: string, params: Partial<Params> = {}, warmStart?: WarmStart, seed = 5) =>
  Estimator.make<Params>({
    modelFn,
    params: { prefix: "net", width: 3, rate: 0, ...params },
    config: { modelDir, seed, iterationsPerLoop: 1 },
    ...(warmStart === undefined ? {} : { warmStart })
  })

const newest = (modelDir: string) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    return yield* store.load((yield* store.latest(modelDir))!.path)
  })
const values = (modelDir: string) => Effect.map(newest(modelDir), ({ state }) => new Map([...state].map(([name, { data }]) => [name, [...data]])))

/** A trained model in `a`: seed 1, four steps. */
const trained = Effect.andThen(
  Estimator.train(estimator("a", { rate: 0.1 }, undefined, 1), { input, maxSteps: 4 }),
  Effect.gen(function* () {
    return { old: yield* values("a") }
  })
)
/** One step at rate 0: the checkpoint holds what the run began with. */
const started = (modelDir: string, warmStart: WarmStart, params: Partial<Params> = {}) =>
  Effect.andThen(Estimator.train(estimator(modelDir, params, warmStart), { input, maxSteps: 1 }), values(modelDir))
const fresh = (modelDir: string, params: Partial<Params> = {}) =>
  Effect.andThen(Estimator.train(estimator(modelDir, params), { input, maxSteps: 1 }), values(modelDir))

const provide = Effect.provide(EstimatorTest.layer({ replicas: 2 }))

it.effect("[row 165] takes the trainable variables of the newest checkpoint; slots, step, key and the others start anew", () =>
  Effect.gen(function* () {
    const { old } = yield* trained
    const cold = yield* fresh("cold")
    for (const from of ["a", "a/model.ckpt-4"]) {
      const events: Array<RunEvent> = []
      const modelDir = `warm ${from}`
      const warm = yield* started(modelDir, { from }).pipe(Effect.provide(recordEvents(events)))
      for (const name of ["net/hidden", "net/out"]) {
        assert.deepStrictEqual(warm.get(name), old.get(name))
        assert.notDeepEqual(warm.get(name), cold.get(name))
      }
      assert.deepStrictEqual(warm.get("random_key"), cold.get("random_key"))
      assert.strictEqual((yield* newest(modelDir)).step, 1)
      const slots = [...warm.keys()].filter((name) => /adam/i.test(name) && name.includes("hidden"))
      assert.isAbove(slots.length, 0)
      // one step from zero, and not four and one
      for (const name of slots) assert.notDeepEqual(warm.get(name), old.get(name))
      assert.deepInclude(
        events.find(({ event }) => event === "restore"),
        { step: 0, file: "a/model.ckpt-4" }
      )
    }
  }).pipe(provide)
)

it.effect("[row 165] not when the model directory holds a checkpoint", () =>
  Effect.gen(function* () {
    yield* trained
    const cold = yield* fresh("own")
    yield* Estimator.train(estimator("own", {}, { from: "nowhere" }), { input, maxSteps: 2 })
    assert.deepStrictEqual((yield* values("own")).get("net/out"), cold.get("net/out"))
  }).pipe(provide)
)

it.effect("[row 165] by pattern, by list, and under other names", () =>
  Effect.gen(function* () {
    const { old } = yield* trained
    const cold = yield* fresh("cold")
    const pattern = yield* started("pattern", { from: "a", variables: /hidden$/g })
    assert.deepStrictEqual([pattern.get("net/hidden"), pattern.get("net/out")], [old.get("net/hidden"), cold.get("net/out")])
    const list = yield* started("list", { from: "a", variables: ["net/out", "net/seen"] })
    assert.deepStrictEqual([list.get("net/hidden"), list.get("net/out")], [cold.get("net/hidden"), old.get("net/out")])
    const byFunction = yield* started("function", { from: "a", rename: (name) => name.replace("body", "net") }, { prefix: "body" })
    assert.deepStrictEqual(byFunction.get("body/hidden"), old.get("net/hidden"))
    const rename = { "net/hidden": "net/out", "net/out": "net/out" }
    const byRecord = yield* Effect.flip(started("record", { from: "a", rename }))
    assert.include(byRecord.message, `"net/hidden" (there "net/out")`)
    const names = { "body/hidden": "net/hidden", "body/out": "net/out" }
    const nested = yield* started("nested", { from: "a", rename: names }, { prefix: "body" })
    assert.deepStrictEqual([nested.get("body/hidden"), nested.get("body/out")], [old.get("net/hidden"), old.get("net/out")])
    const only = yield* started("only", { from: "a", variables: ["net/out"], rename: { "net/out": "net/out" } })
    assert.deepStrictEqual(only.get("net/out"), old.get("net/out"))
  }).pipe(provide)
)

it.effect("[row 165] names both sides of what does not fit", () =>
  Effect.gen(function* () {
    yield* trained
    const wrong = (warmStart: WarmStart, params: Partial<Params> = {}) => Effect.flip(started("wrong", warmStart, params))
    const missing = yield* wrong({ from: "a" }, { prefix: "nett" })
    assert.deepInclude(missing, { _tag: "CheckpointError", reason: "MissingTensor", tensor: "nett/hidden" })
    assert.include(missing.message, `nearest name there is "net/hidden"`)
    const shape = yield* wrong({ from: "a" }, { width: 4 })
    assert.deepInclude(shape, { _tag: "CheckpointError", reason: "TypeMismatch", file: "a/model.ckpt-4", tensor: "net/hidden" })
    assert.include(shape.message, `the model's variable "net/hidden"`)
    for (const side of ["[2,4]", "[2,3]"]) assert.include(shape.message.replaceAll(", ", ","), side)
    const nowhere = yield* wrong({ from: "nowhere" })
    assert.deepInclude(nowhere, { _tag: "CheckpointError", reason: "NotFound", file: "nowhere" })
    const pattern = yield* wrong({ from: "a", variables: /encoder/ })
    assert.include(pattern.message, "/encoder/")
    const name = yield* wrong({ from: "a", variables: ["net/hiden"] })
    assert.include(name.message, 'Did you mean "net/hidden"?')
    const unused = yield* wrong({ from: "a", rename: { "net/outt": "x" } })
    assert.include(unused.message, 'Did you mean "net/out"?')
  }).pipe(provide)
)

it.effect("[row 165] from a directory or a checkpoint in files", () =>
  Effect.gen(function* () {
    const root = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
    yield* Estimator.train(estimator(`${root}/a`, { rate: 0.1 }, undefined, 1), { input, maxSteps: 4 })
    const old = yield* values(`${root}/a`)
    for (const [name, from] of [
      ["directory", `${root}/a`],
      ["checkpoint", `${root}/a/model.ckpt-4`]
    ] as const) {
      assert.deepStrictEqual((yield* started(`${root}/${name}`, { from })).get("net/hidden"), old.get("net/hidden"))
    }
    const nowhere = yield* Effect.flip(started(`${root}/none`, { from: `${root}/missing` }))
    assert.deepInclude(nowhere, { _tag: "CheckpointError", reason: "NotFound", file: `${root}/missing` })
  }).pipe(Effect.provide(Layer.provideMerge(CheckpointStoreFile.layer.pipe(Layer.provideMerge(NodeServices.layer)), EstimatorTest.layer())))
)

it.effect("[row 165] by rules that take parts, with the optimizer's slots", () =>
  Effect.gen(function* () {
    const { old } = yield* trained
    const rules: ReadonlyArray<NameRules.NameRule> = [
      { model: /^other\/hidden(.*)$/, saved: "net/hidden$1", take: NameRules.columns(1, 3, 3) },
      {
        model: /^other\/(.*)$/,
        saved: "net/$1",
        take: (stored, wanted) => NameRules.reshaped({ ...stored, data: stored.data.slice(0, 2), shape: [2] }, wanted)
      }
    ]
    const own = yield* started("rules", { from: "a", rename: rules, slots: /\/m$/ }, { prefix: "other", width: 2 })
    const [first, , , second] = [0, 3].flatMap((at) => old.get("net/hidden")!.slice(at + 1, at + 3))
    assert.deepStrictEqual([own.get("other/hidden")![0], own.get("other/hidden")![3]], [first, second])
    assert.deepStrictEqual(own.get("other/out"), old.get("net/out")!.slice(0, 2))
    // the step at rate 0 has moved the moments: those of a fresh run would be a tenth of the gradient
    const fresh_ = yield* started("fresh", { from: "a", rename: rules }, { prefix: "other", width: 2 })
    const carried = old
      .get("net/out/Adam/m")!
      .slice(0, 2)
      .map((m, i) => Math.fround(0.9 * m) + fresh_.get("other/out/Adam/m")![i]!)
    own.get("other/out/Adam/m")!.forEach((m, i) => assert.approximately(m, carried[i]!, 1e-6))
    assert.deepStrictEqual(own.get("other/out/Adam/v"), fresh_.get("other/out/Adam/v"))
    const wrong = yield* Effect.flip(
      started("wrong", { from: "a", rename: [{ ...rules[0]!, take: NameRules.columns(0, 1, 3) }, rules[1]!] }, { prefix: "other", width: 2 })
    )
    assert.include(wrong.message, "the model has f32[2,2], the checkpoint f32[2,3], of which the rule makes f32[2,1]")
  }).pipe(provide)
)
