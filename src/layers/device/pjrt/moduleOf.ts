/**
 * A step's module as plain data for another process, with state leaves by their index in the layout.
 *
 * @since 0.1.0
 */
import type { HostedLayout } from "../hosted/Plan.ts"
import type { Module, Source, Target } from "./process/ProgramPlan.ts"
import type { ModuleArgument, ModuleResult, StepModule } from "./stepModule.ts"

/** @category conversions @since 0.1.0 */
export const moduleOf = (step: StepModule, { state }: HostedLayout, iterations: number): Module => {
  const indices = new Map(state.map(({ leaf }, index) => [leaf.name, index]))
  // every leaf of a step's state is in the layout
  const leafOf = (name: string) => ({ _tag: "State", index: indices.get(name)! }) as const
  const source = (from: ModuleArgument["source"]): Source => (from._tag === "State" ? leafOf(from.leaf) : from)
  const target = (to: ModuleResult["target"]): Target => (to._tag === "State" ? leafOf(to.leaf) : to)
  return {
    text: step.text,
    iterations,
    arguments: step.arguments.map((argument) => ({ type: argument.type, source: source(argument.source) })),
    results: step.results.map((result) => ({ type: result.type, target: target(result.target) }))
  }
}
