/**
 * The application's face: what the models do, what they predict, and a hand on their training.
 *
 *   GET /status                 every model's step, loss, rates and state
 *   GET /:model/status          one model's
 *   GET /:model/events          its events as they happen, server-sent
 *   POST /:model/predict        {"x": [0.1, 0.2]} -> one JSON line for each number; 503 until there is a checkpoint
 *   POST /:model/stop           ends training after the step it is in; answers once that is saved
 *   POST /:model/resume         goes on from there
 */
import { Effect, Layer, Stream } from "effect"
import * as Pull from "effect/Pull"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { answer, examples, Question } from "./model.ts"
import { type Training, Trainings } from "./training.ts"

const json = (body: unknown, status = 200) => HttpServerResponse.jsonUnsafe(body, { status })
const refused = (status: number, error: string) => json({ error }, status)

/** A route below the name of a model. */
const ofModel = <E, R>(
  method: "GET" | "POST",
  path: `/${string}`,
  handle: (training: Training) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) =>
  HttpRouter.route(
    method,
    `/:model${path}`,
    Effect.gen(function* () {
      const trainings = yield* Trainings
      const { model = "" } = yield* HttpRouter.params
      const training = trainings.get(model)
      if (training === undefined) return refused(404, `there is no model ${model}; there are ${[...trainings.keys()].join(", ")}`)
      return yield* handle(training)
    })
  )

const statusOf = (training: Training) => Effect.map(training.status, (status) => json(status))

const status = HttpRouter.route(
  "GET",
  "/status",
  Effect.gen(function* () {
    const all: Record<string, unknown> = {}
    for (const [name, training] of yield* Trainings) all[name] = yield* training.status
    return json(all)
  })
)

const events = ofModel("GET", "/events", ({ events }) => {
  const lines = Stream.map(events, (event) => `event: ${event.event}\ndata: ${JSON.stringify(event)}\n\n`)
  const headers = { "cache-control": "no-store" }
  return Effect.succeed(HttpServerResponse.stream(Stream.encodeText(lines), { contentType: "text/event-stream", headers }))
})

const predict = ofModel("POST", "/predict", (training) =>
  Effect.gen(function* () {
    const question = yield* HttpServerRequest.schemaBodyJson(Question)
    const from = yield* Effect.retry(
      Effect.flatMap(training.newest, (newest) =>
        newest === undefined
          ? Effect.undefined
          : Effect.map(begun(training.predict(newest, examples(question))), (answers) => ({ answers, step: newest.step }))
      ),
      // training may delete the checkpoint, as one that is no longer new, before it is read
      { times: 3, while: (error) => error._tag === "CheckpointError" && error.reason === "NotFound" }
    )
    if (from === undefined) return refused(503, "there is no checkpoint yet; ask again soon")
    // the device runs no further ahead of the client than the buffers on the way
    const lines = Stream.map(from.answers, (prediction) => `${JSON.stringify(answer(prediction))}\n`)
    const headers = { "x-checkpoint-step": String(from.step) }
    return HttpServerResponse.stream(Stream.encodeText(lines), { contentType: "application/x-ndjson", headers })
  }).pipe(
    Effect.catchTag("SchemaError", (error) => Effect.succeed(refused(400, error.message))),
    Effect.catch((error) => Effect.succeed(refused(500, error.message)))
  )
)

/** The stream once its first elements have come: what fails before them can still be answered with a status of its own. */
const begun = Effect.fnUntraced(function* <A, E>(stream: Stream.Stream<A, E>) {
  const pull = yield* Stream.toPull(stream)
  const first = yield* pull.pipe(Pull.catchDone(() => Effect.succeed<ReadonlyArray<A>>([])))
  return first.length === 0 ? Stream.empty : Stream.concat(Stream.fromIterable(first), Stream.fromPull(Effect.succeed(pull)))
})

const routes = HttpRouter.addAll([
  status,
  events,
  predict,
  ofModel("GET", "/status", statusOf),
  ofModel("POST", "/stop", (training) => Effect.andThen(training.stop, statusOf(training))),
  ofModel("POST", "/resume", (training) => Effect.andThen(training.resume, statusOf(training)))
])

/** Built after the server, and so closed before it: training is saved and the endless streams end while connections are still open. */
const closing = Layer.effectDiscard(
  Effect.gen(function* () {
    const trainings = yield* Trainings
    yield* Effect.addFinalizer(() => Effect.forEach(trainings.values(), ({ close }) => close, { concurrency: "unbounded", discard: true }))
  })
)

/** Serves the models on the `HttpServer` it is given; predictions under way are finished before it closes. */
export const layer = closing.pipe(Layer.provideMerge(HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })))
