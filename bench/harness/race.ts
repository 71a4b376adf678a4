/**
 * Contenders in interleaved rounds of random order, with the test of whether other processes disturbed a burst.
 *
 * @since 0.1.0
 */
import { install } from "../peers/setup.ts"
import * as Contender from "./Contender.ts"
import { mean, shuffled } from "./statistics.ts"

/** A burst counts when other processes took less than this share of the machine (`BENCH_QUIET`, default 0.08). @category constants @since 0.1.0 */
export const quietShare = Number(process.env["BENCH_QUIET"] ?? 0.08)
/** Rounds go on for quiet ones up to so many times the number asked for. */
const patience = 2

/** @category models @since 0.1.0 */
export interface Result {
  readonly name: string
  /** Seconds from spawn to the first finished step, one for each fresh start. */
  readonly starts: ReadonlyArray<number>
  readonly firstLosses: ReadonlyArray<number>
  /** One a round: all contenders have the same number. */
  readonly bursts: Array<Contender.Measured>
}

/** @category rules @since 0.1.0 */
export const isQuiet = (burst: Contender.Measured): boolean => burst.foreign === undefined || burst.foreign < quietShare

/** The names that can run here, installing what they need; the others are named on standard error with the reason. @category programs @since 0.1.0 */
export const available = async (names: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const ready: Array<string> = []
  for (const name of names) {
    const needs = Contender.definitions[name]!.needs
    const failure = needs === undefined ? undefined : await install(needs)
    if (failure === undefined) ready.push(name)
    else console.error(`SKIPPED ${name}: ${failure}`)
  }
  return ready
}

interface Runner {
  readonly contender: Contender.Contender
  readonly result: Result
}

const begin = async (name: string, fresh: number): Promise<Runner> => {
  const starts: Array<number> = []
  for (let i = 1; i < fresh; i++) {
    const trial = await Contender.start(name)
    starts.push(trial.startSeconds)
    await trial.stop()
  }
  const contender = await Contender.start(name)
  starts.push(contender.startSeconds)
  console.error(`${name}: started, first losses ${contender.firstLosses.map((loss) => loss.toFixed(5)).join(" ")}`)
  return { contender, result: { name, starts, firstLosses: contender.firstLosses, bursts: [] } }
}

const cell = ({ name, bursts }: Result) => {
  const burst = bursts.at(-1)!
  const disturbed = isQuiet(burst) ? "" : ` (others ${((burst.foreign ?? 0) * 100).toFixed(0)} %)`
  return `${name} ${(mean(burst.seconds) * 1000).toPrecision(3)} ms${disturbed}`
}

/** Starts all, lets them take turns until so many rounds were quiet for all, and ends them. @category programs @since 0.1.0 */
export const race = async (
  names: ReadonlyArray<string>,
  options: { readonly rounds: number; readonly steps: number; readonly starts: number }
): Promise<ReadonlyArray<Result>> => {
  const runners: Array<Runner> = []
  try {
    for (const name of names) runners.push(await begin(name, options.starts))
    for (let round = 0, quiet = 0; quiet < options.rounds && round < options.rounds * patience; round++) {
      for (const { contender, result } of shuffled(runners)) result.bursts.push(await contender.burst(options.steps))
      if (runners.every(({ result }) => isQuiet(result.bursts.at(-1)!))) quiet++
      console.error(`round ${round + 1}: ${runners.map(({ result }) => cell(result)).join(", ")}`)
    }
  } finally {
    await Promise.all(runners.map(({ contender }) => contender.stop()))
  }
  return runners.map(({ result }) => result)
}

/** `f` of the mean seconds a step of two contenders, for each round that was quiet for both. @category rules @since 0.1.0 */
export const paired = (ours: Result, theirs: Result, f: (ours: number, theirs: number) => number): Array<number> =>
  ours.bursts.flatMap((burst, round) => {
    const other = theirs.bursts[round]!
    return isQuiet(burst) && isQuiet(other) ? [f(mean(burst.seconds), mean(other.seconds))] : []
  })

/** Seconds of all steps in quiet bursts. @category rules @since 0.1.0 */
export const quietSeconds = (result: Result): Array<number> => result.bursts.filter(isQuiet).flatMap(({ seconds }) => seconds)
