/** The application, called over HTTP in this process: the engine, the checkpoints and the clock are the test's. */
import { NodeHttpServer } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Schema, Scope, Stream } from "effect"
import { HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { answer, examples, makeEstimator, points } from "../../examples/app/model.ts"
import * as Server from "../../examples/app/server.ts"
import * as Training from "../../examples/app/training.ts"
import { CheckpointError } from "../../src/domain/Errors.ts"
import { Device, DeviceOnnx, DeviceReference, Estimator, EstimatorTest, Input } from "../../src/index.ts"
import * as OutfeedQueue from "../../src/layers/feed/OutfeedQueue.ts"
import { CheckpointStore } from "../../src/services/CheckpointStore.ts"

const config = (name: string) => ({ modelDir: name, iterationsPerLoop: 5, logStepCountSteps: 5, saveCheckpointsSteps: 50 })
const estimator = (name: string) => makeEstimator(config(name))
const model = (name: string, options: Partial<Training.Options<never, unknown>> = {}) =>
  Training.make<{ readonly width: number; readonly rate: number }, unknown>({
    estimator: estimator(name),
    input: options.input ?? points(),
    device: options.device ?? DeviceReference.layer(),
    ...(options.maxSteps === undefined ? {} : { maxSteps: options.maxSteps })
  })

const app = (models: Parameters<typeof Training.layer>[0]) =>
  Server.layer.pipe(
    Layer.provideMerge(Training.layer(models)),
    // the test's own queue would never hold the device back
    Layer.provideMerge(Layer.provideMerge(OutfeedQueue.layer, EstimatorTest.layer())),
    Layer.provideMerge(NodeHttpServer.layerTest)
  )

const get = (path: string) => HttpClient.get(path)
const post = (path: string, body: unknown = {}) => Effect.flatMap(HttpClientRequest.bodyJson(HttpClientRequest.post(path), body), HttpClient.execute)
const statusOf = (response: HttpClientResponse.HttpClientResponse) => Effect.map(response.json, (json) => json as unknown as Training.Status)
const status = (name: string) => Effect.flatMap(get(`/${name}/status`), statusOf)
const until = (name: string, holds: (status: Training.Status) => boolean) => Effect.repeat(status(name), { until: holds })
const lines = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly y: number })
const question = { x: Array.from({ length: 13 }, (_, i) => i / 6 - 1) }
const eventsOf = (text: string) =>
  text
    .trimEnd()
    .split("\n\n")
    .map((event) => JSON.parse(event.split("\ndata: ")[1]!) as { readonly [key: string]: unknown })

it.effect("trains to its end in the background, and its predictions are those of Estimator.predict", () =>
  Effect.gen(function* () {
    const done = yield* until("curve", ({ state }) => state === "done")
    assert.deepInclude(done, { state: "done", engine: "reference", step: 60, checkpoint: 60 })
    assert.isBelow(done.loss!, 0.5)
    const response = yield* post("/curve/predict", question)
    assert.strictEqual(response.status, 200)
    assert.strictEqual(response.headers["content-type"], "application/x-ndjson")
    assert.strictEqual(response.headers["x-checkpoint-step"], "60")
    const expected = yield* Estimator.predict(estimator("curve"), { input: examples(question) }).pipe(Stream.map(answer), Stream.runCollect)
    assert.strictEqual(expected.length, 13)
    assert.deepStrictEqual(lines(yield* response.text), expected)
    assert.deepStrictEqual(Object.keys((yield* (yield* get("/status")).json) as object), ["curve"])
  }).pipe(Effect.provide(app({ curve: model("curve", { maxSteps: 60 }) })))
)

it.effect("answers 503 until there is a checkpoint, 404 for a model it has not, 400 for a body it cannot read", () =>
  Effect.gen(function* () {
    const early = yield* post("/curve/predict", question)
    assert.strictEqual(early.status, 503)
    assert.include(yield* early.text, "no checkpoint yet")
    const missing = yield* get("/curves/status")
    assert.strictEqual(missing.status, 404)
    assert.include(yield* missing.text, "there are curve")
    const wrong = yield* post("/curve/predict", { x: ["a"] })
    assert.strictEqual(wrong.status, 400)
    assert.include(yield* wrong.text, "x")
  }).pipe(Effect.provide(app({ curve: model("curve", { input: Stream.never }) })))
)

it.effect("two models train at the same time on different engines, and either engine reads the other's checkpoint", () => {
  const onnx = DeviceOnnx.layer({ threads: 1, replicas: 2 })
  return Effect.gen(function* () {
    const both = yield* Effect.forEach(["reference", "onnx"], (name) => until(name, ({ step }) => step >= 50), { concurrency: 2 })
    assert.deepStrictEqual(
      both.map(({ engine, state }) => [engine, state]),
      [
        ["reference", "running"],
        ["onnx", "running"]
      ]
    )
    for (const [name, other] of [
      ["reference", onnx],
      ["onnx", DeviceReference.layer()]
    ] as const) {
      yield* post(`/${name}/stop`)
      const answers = lines(yield* Effect.flatMap(post(`/${name}/predict`, question), ({ text }) => text))
      const elsewhere = yield* Estimator.predict(estimator(name), { input: examples(question) }).pipe(Stream.provide(other), Stream.runCollect)
      assert.strictEqual(answers.length, 13)
      for (const [i, { y }] of answers.entries()) assert.closeTo(y, answer(elsewhere[i]!).y, 1e-5)
    }
  }).pipe(Effect.provide(app({ reference: model("reference"), onnx: model("onnx", { device: onnx }) })))
})

it.effect("stops after a step that it saves, and resumes from there", () =>
  Effect.gen(function* () {
    yield* until("curve", ({ step }) => step >= 5)
    const stopped = yield* Effect.flatMap(post("/curve/stop"), statusOf)
    assert.strictEqual(stopped.state, "stopped")
    assert.strictEqual(stopped.checkpoint, stopped.step)
    assert.strictEqual((yield* (yield* CheckpointStore).latest("curve"))?.step, stopped.step)
    // a watcher gets the last event at once, and then what happens
    const resume = Effect.flatMap(post("/curve/resume"), statusOf)
    const { stream } = yield* get("/curve/events")
    const seen = yield* stream.pipe(
      Stream.decodeText(),
      Stream.splitLines,
      Stream.filter((line) => line.startsWith("event:")),
      Stream.tap((line) => (line === "event: end" ? resume : Effect.void)),
      Stream.take(3),
      Stream.runCollect
    )
    assert.deepStrictEqual(seen, ["event: end", "event: begin", "event: restore"])
    const again = yield* until("curve", ({ step }) => step > stopped.step)
    assert.strictEqual(again.state, "running")
  }).pipe(Effect.provide(app({ curve: model("curve") })))
)

it.effect("a checkpoint that is deleted before it is read is asked for again; what else fails is a status, not half a stream", () => {
  let failures = 0
  const gone = new CheckpointError({ reason: "NotFound", file: "m", detail: "deleted" })
  const corrupt = new CheckpointError({ reason: "Corrupt", file: "m", detail: "bits" })
  let error = corrupt
  const deleting = Layer.effect(
    CheckpointStore,
    Effect.map(CheckpointStore, (inner) =>
      CheckpointStore.of({ ...inner, load: (path) => Effect.suspend(() => (failures-- > 0 ? Effect.fail(error) : inner.load(path))) })
    )
  )
  return Effect.gen(function* () {
    yield* until("curve", ({ state }) => state === "done")
    failures = 1
    const broken = yield* post("/curve/predict", question)
    assert.strictEqual(broken.status, 500)
    assert.include(yield* broken.text, "Corrupt")
    failures = 2
    error = gone
    const again = yield* post("/curve/predict", question)
    assert.strictEqual(again.status, 200)
    assert.lengthOf(lines(yield* again.text), 13)
  }).pipe(
    Effect.provide(
      Server.layer.pipe(
        Layer.provideMerge(Training.layer({ curve: model("curve", { maxSteps: 5 }) })),
        Layer.provideMerge(Layer.provideMerge(deleting, EstimatorTest.layer())),
        Layer.provideMerge(NodeHttpServer.layerTest)
      )
    )
  )
})

class Torn extends Schema.TaggedError<Torn>()("Torn", {}) {}

it.effect("a failure that may pass is waited out, and training goes on from the checkpoint", () => {
  let opened = 0
  // the first connection breaks after 10 batches
  const input = Input.make((from) => {
    const batches = points().batches(from)
    return ++opened > 1 ? batches : Stream.concat(Stream.take(batches, 10), Stream.fail(new Torn()))
  })
  return Effect.gen(function* () {
    const waiting = yield* until("curve", ({ state }) => state === "waiting")
    assert.deepInclude(waiting, { step: 10, checkpoint: 10, error: "Torn" })
    yield* TestClock.adjust("999 millis")
    assert.strictEqual((yield* status("curve")).state, "waiting")
    assert.strictEqual(opened, 1)
    yield* TestClock.adjust("1 millis")
    const done = yield* until("curve", ({ state }) => state === "done")
    assert.strictEqual(done.step, 30)
    assert.strictEqual(opened, 2)
  }).pipe(Effect.provide(app({ curve: model("curve", { input, maxSteps: 30 }) })))
})

it.effect("closing saves the step it is in, and ends the open streams in good order", () =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const services = yield* Layer.buildWithScope(app({ curve: model("curve") }), scope)
    const watched = yield* get("/curve/events").pipe(Effect.provideContext(services))
    const text = yield* Effect.forkChild(Effect.provideContext(watched.text, services))
    yield* until("curve", ({ step }) => step >= 5).pipe(Effect.provideContext(services))
    yield* Scope.close(scope, Exit.void)
    const last = eventsOf(yield* Fiber.join(text)).at(-1)!
    assert.deepInclude(last, { event: "end", reason: "interrupted" })
    const saved = yield* Context.get(services, CheckpointStore).latest("curve")
    assert.strictEqual(saved?.step, last["step"])
    assert.isAtLeast(saved!.step, 5)
  })
)

/** Counts the batches that are handed to the device. */
const counting = (count: () => void) =>
  Layer.effect(
    Device.Device,
    Effect.map(Device.Device, (inner) => ({
      ...inner,
      compile: (program) =>
        Effect.map(inner.compile(program), (executable) => ({
          ...executable,
          feed: (batch) => Effect.andThen(Effect.sync(count), executable.feed(batch))
        }))
    }))
  ).pipe(Layer.provide(DeviceReference.layer({ outfeedCapacity: 1, infeedCapacity: 1 })))

it.effect("the device runs no further ahead of a client that does not read", () => {
  let fed = 0
  return Effect.gen(function* () {
    yield* until("curve", ({ state }) => state === "done")
    const training = (yield* Training.Trainings).get("curve")!
    fed = 0
    const asked = { x: Array.from({ length: 8 * 200 }, (_, i) => i / 1000) }
    const predictions = training.predict((yield* training.newest)!, examples(asked))
    const seen = yield* predictions.pipe(
      Stream.take(4),
      Stream.tap(() => Effect.repeat(Effect.yieldNow, { times: 1000 })),
      Stream.runCollect
    )
    assert.strictEqual(seen.length, 4)
    assert.isBelow(fed, 20)
    assert.lengthOf(lines(yield* Effect.flatMap(post("/curve/predict", asked), ({ text }) => text)), 1600)
    assert.isAbove(fed, 200)
  }).pipe(Effect.provide(app({ curve: model("curve", { maxSteps: 5, device: counting(() => fed++) }) })))
})

it.live("as a process: Ctrl-C ends it with 75 and checkpoints while there is more to do, with 0 once training is done", () =>
  Effect.promise(async () => {
    const folder = mkdtempSync(join(tmpdir(), "effect-estimator-app-"))
    try {
      const run = async (maxSteps: string, ready: (all: { readonly [name: string]: Training.Status }) => boolean) => {
        const args = [resolve(import.meta.dirname, "../../examples/app/main.ts"), "--dir", folder, "--port", "0", "--max-steps", maxSteps]
        const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
        const [line] = (await once(child.stdout, "data")) as [Buffer]
        const address = line.toString().match(/http:\S+/)![0]
        while (!ready((await (await fetch(`${address}/status`)).json()) as { readonly [name: string]: Training.Status }));
        child.kill("SIGINT")
        return ((await once(child, "exit")) as [number])[0]
      }
      assert.strictEqual(await run("1000000", (all) => Object.values(all).every(({ step }) => step >= 100)), 75)
      for (const name of ["onnx", "reference"]) assert.isTrue(readdirSync(join(folder, name)).some((file) => /^model\.ckpt-\d+\.index$/.test(file)))
      assert.strictEqual(await run("1", (all) => Object.values(all).every(({ state }) => state === "done")), 0)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
)
