/** TensorFlow reads the checkpoints of this package; this package reads TensorFlow's, and trains on from them. */
import { NodeServices } from "@effect/platform-node"
import { assert, beforeAll, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Exit, Layer, Scope, Stream } from "effect"
import { program } from "../../examples/transformer-xl/main.ts"
import { CrossReplicaOptimizer, Estimator, EstimatorTest, type Model, NameRules, TensorFile, Tensor, type WarmStart } from "../../src/index.ts"
import * as CheckpointStoreFile from "../../src/layers/storage/CheckpointStoreFile.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"
import { checkpointAt } from "../layers/storage/sample.ts"
import { ask, patience, temporary, withPeers } from "./peer.ts"

type Numbers = ReadonlyArray<number | string>
type Typed = readonly [dtype: string, shape: ReadonlyArray<number>, data: Numbers]

interface Answer {
  readonly ours: { readonly latest: string; readonly variables: { readonly [name: string]: Typed } }
  readonly kinds: { readonly path: string; readonly variables: { readonly [name: string]: Typed } }
  readonly objects: { readonly path: string; readonly files: number; readonly variables: { readonly [name: string]: Numbers } }
  readonly adam: { readonly path: string; readonly before: ReadonlyArray<number>; readonly losses: ReadonlyArray<number> }
  readonly keras: { readonly path: string; readonly losses: ReadonlyArray<number>; readonly names: ReadonlyArray<string> }
  readonly xl: { readonly path: string; readonly variables: { readonly [name: string]: ReadonlyArray<number> } }
  readonly data: { readonly x: ReadonlyArray<number>; readonly y: ReadonlyArray<number> }
}

const steps = 20
/** As a file has it: files for checkpoints, the reference engine. */
const services = EstimatorTest.layer().pipe((layer) => Layer.merge(layer, CheckpointStoreFile.layer), Layer.provideMerge(NodeServices.layer))

/** The network that the peer trains: `tanh(x w + b) u`, from names of its own. */
const network: Model.ModelFn<{ readonly rate: number }> = ({ features, labels, params, variables }) => {
  const w = variables.get("w", [6, 8]) as tf.Tensor2D
  const [b, u] = [variables.get("b", [8]), variables.get("u", [8, 4]) as tf.Tensor2D]
  const lossOf = () => {
    const y = tf.matMul(tf.tanh(tf.add(tf.matMul(features as tf.Tensor2D, w), b)) as tf.Tensor2D, u)
    return tf.mean<tf.Scalar>(tf.square(tf.sub(y, labels)))
  }
  return { loss: new CrossReplicaOptimizer(tf.train.adam(params.rate, 0.9, 0.999, 1e-7)).minimize(lossOf) }
}

const object = (name: string) => `${name}/.ATTRIBUTES/VARIABLE_VALUE`
const kerasRules: ReadonlyArray<NameRules.NameRule> = [
  { model: /^Adam\/accBeta1$/, saved: object("optimizer/_iterations"), take: NameRules.powerAfter(0.9) },
  { model: /^Adam\/accBeta2$/, saved: object("optimizer/_iterations"), take: NameRules.powerAfter(0.999) },
  // Keras numbers its slots: m and v of each variable in order
  ...["w", "b", "u"].flatMap((name, i) =>
    ["m", "v"].map((slot, k) => ({ model: new RegExp(`^${name}/Adam/${slot}$`), saved: object(`optimizer/_variables/${2 + 2 * i + k}`) }))
  ),
  ...NameRules.tensorflowObjects
]

const newest = (modelDir: string) =>
  Effect.gen(function* () {
    const store = yield* CheckpointStore
    return yield* store.load((yield* store.latest(modelDir))!.path)
  })

/** As the peer writes it. */
const plain = (x: number): number | string => (Number.isNaN(x) ? "nan" : x === Infinity ? "inf" : x)

const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) => {
  assert.strictEqual(actual.length, expected.length)
  for (let i = 0; i < expected.length; i++) assert.approximately(actual[i]! / expected[i]!, 1, tolerance, `${i}: ${actual[i]} for ${expected[i]}`)
}

withPeers("TensorFlow", () => {
  const scope = Scope.makeUnsafe()
  let folder = ""
  let answer: Answer
  beforeAll(async () => {
    const asked = Effect.gen(function* () {
      folder = yield* temporary
      const store = yield* CheckpointStoreFile.make
      yield* store.save(`${folder}/ours`, checkpointAt(3), 5)
      yield* store.save(`${folder}/ours`, checkpointAt(4), 5)
      answer = yield* ask<Answer>("tensorflowPeer.py", { ours: `${folder}/ours`, folder, steps })
    })
    await Effect.runPromise(asked.pipe(Scope.provide(scope), Effect.provide(NodeServices.layer)))
    return () => Effect.runPromise(Scope.close(scope, Exit.void))
  }, patience)

  it("load_checkpoint, latest_checkpoint and list_variables give every variable of ours with its type, shape and value", () => {
    assert.strictEqual(answer.ours.latest, `${folder}/ours/model.ckpt-4`)
    const { state, texts } = checkpointAt(4)
    const expected: Record<string, Typed> = { global_step: ["int64", [], [4]] }
    for (const [name, { data, dtype, shape }] of state) expected[name] = [dtype, shape, [...data].map(plain)]
    for (const [name, text] of texts) expected[`_texts/${name}`] = ["string", [], [text]]
    assert.deepStrictEqual(Object.keys(answer.ours.variables).sort(), Object.keys(expected).sort())
    for (const [name, [dtype, shape, data]] of Object.entries(expected)) {
      const [theirDtype, theirShape, theirs] = answer.ours.variables[name]!
      assert.deepStrictEqual([theirDtype, theirShape], [dtype, shape], name)
      assert.deepStrictEqual(theirs, [...data], name)
    }
  })

  it.effect("every element type, strings and partitioned variables of a TF 1 saver", () =>
    Effect.gen(function* () {
      const { path, variables } = answer.kinds
      const types = yield* TensorFile.list(path)
      assert.deepStrictEqual(
        Object.fromEntries(types.map(({ dtype, name, shape }) => [name, [dtype, shape]])),
        Object.fromEntries(Object.entries(variables).map(([name, [dtype, shape]]) => [name, [dtype, shape]]))
      )
      const tensors = yield* TensorFile.read(path)
      const strings = tensors.get("kind/string")!
      assert.deepStrictEqual(
        strings.dtype === "string" ? strings.strings.map((s) => Buffer.from(s).toString("latin1")) : [],
        variables["kind/string"]![2]
      )
      const { others, state } = yield* (yield* CheckpointStoreFile.make).values(path)
      assert.deepStrictEqual([...others].sort(), [
        ["kind/big", "int64[1] with values beyond int32"],
        ["kind/complex64", "complex64[3]"],
        ["kind/string", "string[3]"]
      ])
      for (const [name, [, shape, data]] of Object.entries(variables)) {
        if (others.has(name)) continue
        const ours = state.get(name)!
        assert.deepStrictEqual([...ours.shape], [...shape], name)
        assert.deepStrictEqual([...ours.data], ours.dtype === "float32" ? data.map((x) => Math.fround(Number(x))) : [...data], name)
      }
      assert.deepInclude(state.get("kind/int64"), { dtype: "int32" })
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("tf.train.Checkpoint in several data files", () =>
    Effect.gen(function* () {
      const { files, path, variables } = answer.objects
      assert.isAbove(files, 2)
      const { state } = yield* (yield* CheckpointStoreFile.make).values(path)
      for (const [name, data] of Object.entries(variables)) assert.deepStrictEqual([...state.get(object(name))!.data], [...data], name)
    }).pipe(Effect.provide(NodeServices.layer))
  )

  for (const kind of ["adam", "keras"] as const) {
    it.effect(`${kind === "adam" ? "AdamOptimizer" : "Keras's Adam"} with its slots: training goes on with the losses that it has there`, () =>
      Effect.gen(function* () {
        const { losses, path } = answer[kind]
        const warmStart: WarmStart = { from: path, slots: true, rename: kind === "adam" ? NameRules.tensorflowAdam : kerasRules }
        const batch = {
          features: Tensor.make(Float32Array.from(answer.data.x), [16, 6]),
          labels: Tensor.make(Float32Array.from(answer.data.y), [16, 4])
        }
        const continued = (settings: WarmStart) =>
          Effect.gen(function* () {
            const seen: Array<number> = []
            const keep = {
              name: "keep",
              afterRun: (_: unknown, values: { readonly losses: Float32Array }) =>
                Effect.sync(() => (seen.push(...values.losses), "continue" as const))
            }
            const estimator = Estimator.make({ modelFn: network, params: { rate: 0.02 }, warmStart: settings })
            yield* Estimator.train(estimator, { input: Stream.forever(Stream.succeed(batch)), steps, hooks: [keep] })
            return seen
          })
        close(yield* continued(warmStart), losses, 1e-4)
        // without the slots it is another training
        const without = yield* continued({ ...warmStart, slots: false })
        assert.isAbove(Math.abs(without.at(-1)! / losses.at(-1)! - 1), 1e-3)
      }).pipe(Effect.provide(services))
    )
  }

  it.effect("the published Transformer-XL names, by rules", () =>
    Effect.gen(function* () {
      const made = program.make({ ...program.params, layers: 2, width: 8, heads: 2, inner: 12, memory: 4, segment: 4, batch: 2, learningRate: 0 })
      const params = { ...made.estimator.params, characters: 11 }
      const config = { modelDir: `${folder}/warm`, iterationsPerLoop: 1 }
      const estimator = Estimator.make({
        modelFn: made.estimator.modelFn,
        cacheFn: made.estimator.cacheFn!,
        params,
        config,
        warmStart: { from: answer.xl.path, rename: NameRules.transformerXl }
      })
      const tokens = Tensor.make(Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7), [2, 4])
      const { loss } = yield* Estimator.train(estimator, { input: Stream.make({ features: tokens, labels: tokens }), steps: 1 })
      assert.isTrue(Number.isFinite(loss))
      const { state } = yield* newest(`${folder}/warm`)
      const stored = answer.xl.variables
      const of = (name: string) => [...state.get(name)!.data]
      assert.deepStrictEqual(of("embedding"), stored["transformer/adaptive_embed/lookup_table"])
      assert.deepStrictEqual(of("output_bias"), stored["transformer/adaptive_softmax/bias"])
      assert.deepStrictEqual(of("content_bias"), stored["transformer/r_w_bias"])
      const qkv = stored["transformer/layer_1/rel_attn/qkv/kernel"]!
      const columns = (from: number, to: number) => Array.from({ length: 8 }, (_, row) => qkv.slice(row * 24 + from, row * 24 + to)).flat()
      assert.deepStrictEqual(of("layer_1/attention/query"), columns(0, 8))
      assert.deepStrictEqual(of("layer_1/attention/key_value"), columns(8, 24))
      assert.deepStrictEqual(of("layer_1/norm_2/gain"), stored["transformer/layer_1/ff/LayerNorm/gamma"])
      assert.deepStrictEqual(of("layer_0/outer/bias"), stored["transformer/layer_0/ff/layer_2/bias"])
      // every variable has come from there
      const all = new Set(Object.values(stored).flat().map(Math.fround))
      for (const [name, { data, dtype }] of state) {
        if (dtype === "float32" && !name.includes("Adam") && !name.startsWith("cache/")) for (const x of data) assert.isTrue(all.has(x), name)
      }
    }).pipe(Effect.provide(services))
  )
})
