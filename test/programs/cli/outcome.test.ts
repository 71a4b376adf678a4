import { assert, describe, it } from "@effect/vitest"
import { Cause, Exit } from "effect"
import { CliError } from "effect/cli"
import { ConfigError, InputError, NanLossError } from "../../../src/domain/Errors.ts"
import { exitCodeOf, sentence } from "../../../src/programs/cli/outcome.ts"
import { OutputError } from "../../../src/programs/cli/output.ts"

const nan = new NanLossError({ step: 7, loss: NaN })

describe("exitCodeOf", () => {
  it("tells success, failure, usage, and interruption with and without a checkpoint apart", () => {
    assert.strictEqual(exitCodeOf(Exit.succeed(1), false), 0)
    assert.strictEqual(exitCodeOf(Exit.fail(nan), true), 1)
    assert.strictEqual(exitCodeOf(Exit.die(new Error("broken")), true), 1)
    assert.strictEqual(exitCodeOf(Exit.fail(new ConfigError({ key: "seed", detail: "is refused." })), false), 2)
    assert.strictEqual(exitCodeOf(Exit.fail(new CliError.MissingOption({ option: "program" })), false), 2)
    assert.strictEqual(exitCodeOf(Exit.interrupt(), true), 75)
    assert.strictEqual(exitCodeOf(Exit.interrupt(), false), 130)
  })

  it("takes output that nobody reads for an interruption where something was under way", () => {
    const unread = Exit.fail(new OutputError({ code: "EPIPE", detail: "write EPIPE" }))
    assert.strictEqual(exitCodeOf(unread, true, true), 75)
    assert.strictEqual(exitCodeOf(unread, false, true), 130)
    assert.strictEqual(exitCodeOf(unread, false, false), 0)
    assert.strictEqual(exitCodeOf(Exit.fail(new OutputError({ code: "ENOSPC", detail: "no space" })), false, false), 1)
  })

  it("does not let an interruption mask a failure", () => {
    const both = Cause.combine(Cause.fail(nan), Cause.interrupt())
    assert.strictEqual(exitCodeOf(Exit.failCause(both), true), 1)
    assert.strictEqual(sentence(both), nan.message)
  })
})

describe("sentence", () => {
  it("is the message of the error, without its trace", () => {
    const error = new InputError({ reason: "NotDivisible", leaf: "features", batch: 0, detail: "batch 7 over 2 replicas" })
    assert.strictEqual(sentence(Cause.fail(error)), "input: NotDivisible (features, batch 0): batch 7 over 2 replicas")
  })

  it("is left out where the command line has spoken, or nobody asked", () => {
    assert.isUndefined(sentence(Cause.interrupt()))
    assert.isUndefined(sentence(Cause.fail(new CliError.MissingOption({ option: "program" }))))
  })
})
