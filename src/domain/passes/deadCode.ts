/**
 * Drops nodes that no output needs and merges equal ones. Parameters stay, so that a program's state and batch leaves do.
 *
 * @since 0.1.0
 */
import { type Pass, passOf } from "./rebuild.ts"

/** @category passes @since 0.1.0 */
export const deadCode: Pass = passOf({})
