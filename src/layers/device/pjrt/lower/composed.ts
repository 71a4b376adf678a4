/**
 * Functions that StableHLO itself has no instruction for, of those that it has: for texts that must do without the CHLO dialect.
 * Each keeps NaN, and is the real function within a few units in float32's last place.
 *
 * @since 0.1.0
 */
import type { Emitter, Value } from "./Emitter.ts"
import { polynomial } from "./normal.ts"

type Compose = (e: Emitter, x: Value) => Value

const times = (e: Emitter, x: Value, factor: number) => e.by("multiply", x, factor)
const plusOne = (e: Emitter, x: Value) => e.by("add", x, 1)
const withSign = (e: Emitter, sign: Value, x: Value) => e.select(e.compare("LT", sign, e.like(sign, 0)), e.unary("negate", x), x)

/** `sqrt(1 - x²)` */
const complement = (e: Emitter, x: Value) => e.unary("sqrt", e.binary("multiply", e.binary("subtract", e.like(x, 1), x), plusOne(e, x)))

const asin: Compose = (e, x) => times(e, e.binary("atan2", x, plusOne(e, complement(e, x))), 2)

/** At -1 the quotient's both parts are 0. */
const acos: Compose = (e, x) =>
  e.select(e.compare("EQ", x, e.like(x, -1)), e.like(x, Math.PI), times(e, e.binary("atan2", complement(e, x), plusOne(e, x)), 2))

/** Halved before they are powers, so that the largest do not overflow too early. */
const halfPowers = (e: Emitter, x: Value) => {
  const half = e.like(x, Math.LN2)
  return [x, e.unary("negate", x)].map((one) => e.unary("exponential", e.binary("subtract", one, half)))
}

/** Near 0 both powers are nearly one half: there from `e^x - 1`. */
const sinh: Compose = (e, x) => {
  const [up, down] = halfPowers(e, x)
  const rest = e.unary("exponential_minus_one", x)
  const near = times(e, e.binary("add", rest, e.binary("divide", rest, plusOne(e, rest))), 0.5)
  return e.select(e.compare("LT", e.unary("abs", x), e.like(x, 1)), near, e.binary("subtract", up!, down!))
}

const cosh: Compose = (e, x) => {
  const [up, down] = halfPowers(e, x)
  return e.binary("add", up!, down!)
}

/** From where on `x² + 1` is `x²`, and `x²` has not yet overflowed. */
const large = 2 ** 40

const log2x = (e: Emitter, x: Value) => e.by("add", e.unary("log", x), Math.LN2)

const asinh: Compose = (e, x) => {
  const size = e.unary("abs", x)
  const square = e.binary("multiply", size, size)
  const more = e.binary("divide", square, plusOne(e, e.unary("sqrt", plusOne(e, square))))
  const near = e.unary("log_plus_one", e.binary("add", size, more))
  return withSign(e, x, e.select(e.compare("GE", size, e.like(x, large)), log2x(e, size), near))
}

/** Below 1 the root is NaN, but for a product of two negative numbers. */
const acosh: Compose = (e, x) => {
  const above = e.by("subtract", x, 1)
  const root = e.unary("sqrt", e.binary("multiply", above, plusOne(e, x)))
  const near = e.unary("log_plus_one", e.binary("add", above, root))
  const within = e.select(e.compare("GE", x, e.like(x, large)), log2x(e, x), near)
  return e.select(e.compare("LT", x, e.like(x, 1)), e.like(x, NaN), within)
}

const atanh: Compose = (e, x) => times(e, e.binary("subtract", e.unary("log_plus_one", x), e.unary("log_plus_one", e.unary("negate", x))), 0.5)

const erfTop = [0.00022905065861350646, 0.0034082910107109507, 0.05095569506238086, 0.18520832239976145, 1.128379143519084]
const erfBottom = [
  -1.1791602954361697e-7, 2.3547966471313183e-5, 0.0010179625278914884, 0.014070470171167667, 0.11098505178285362, 0.49746925110067536, 1
]
/** Beyond, it is 1 in float32. */
const erfEnd = 3.7439211627767994

/** The rational approximation `x P(x²) / Q(x²)` of Eigen and XLA. */
const erf: Compose = (e, x) => {
  const isPast = e.compare("GE", e.unary("abs", x), e.like(x, erfEnd))
  const inside = e.select(isPast, e.like(x, 0), x)
  const square = e.binary("multiply", inside, inside)
  const value = e.binary("divide", e.binary("multiply", inside, polynomial(e, square, erfTop)), polynomial(e, square, erfBottom))
  return e.select(isPast, withSign(e, x, e.like(x, 1)), value)
}

/** By the names that the functions have in CHLO. @category rules @since 0.1.0 */
export const composed: { readonly [name: string]: Compose } = { asin, acos, sinh, cosh, asinh, acosh, atanh, erf }
