/**
 * What the command line says of itself: help where it was asked for, one line where it was used wrongly.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { type CliError, CliOutput, type HelpDoc } from "effect/cli"
import { nearest } from "../../domain/suggest.ts"
import { engineNames } from "./engines.ts"

const choices: { readonly [flag: string]: ReadonlyArray<string> } = { engine: engineNames, log: ["console", "jsonl"] }

/** In one line, with the nearest known name. @category rules @since 0.1.0 */
export const usageLine = (error: CliError.NonShowHelpErrors): string => {
  // the library's own suggestions come after an empty line, one on each
  const text = error.message.split("\n\n")[0]!.replace("a string representing a finite number", "a number")
  const suggestions = "suggestions" in error ? error.suggestions : []
  const near = error._tag === "InvalidValue" ? nearest(error.value, choices[error.option] ?? []) : suggestions.join(" or ")
  return `${text}${near === undefined || near === "" ? "" : `${text.endsWith(".") ? "" : "."} Did you mean ${near}?`}`
}

/** Examples for a file that is its own command line: they need no `-p main.ts`. */
const ownExamples = (doc: HelpDoc.HelpDoc, invocation: string): HelpDoc.HelpDoc => ({
  ...doc,
  usage: doc.usage.replace(/^\S+/, () => invocation),
  ...(doc.examples === undefined
    ? {}
    : {
        examples: doc.examples.map((example) => ({
          ...example,
          command: example.command.replace(/^effect-estimator/, () => invocation).replace(/ -p \S+/, "")
        }))
      })
})

/**
 * Help goes to standard output; a wrong invocation is one line for each error on standard error, and where to read on.
 * `invocation`: what stands before the command's name, such as `node main.ts`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (invocation: string): CliOutput.Presenter => ({
  present: Effect.fnUntraced(function* (event) {
    if (event._tag === "InvalidInvocation") {
      const help = [invocation, ...event.commandPath.slice(1), "--help"].join(" ")
      for (const error of event.errors) yield* Console.error(`effect-estimator: ${usageLine(error)}`)
      return yield* Console.error(`see \`${help}\``)
    }
    const shown = event._tag === "Help" && invocation !== "effect-estimator" ? { ...event, helpDoc: ownExamples(event.helpDoc, invocation) } : event
    yield* CliOutput.defaultPresenter.present(shown)
  })
})
