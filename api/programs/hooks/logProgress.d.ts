import type { BatchSpec } from "../../domain/batching.ts";
import type { SinkError } from "../../domain/Errors.ts";
import type { Hook } from "../../services/Hooks.ts";
import { type Events } from "../events.ts";
export declare const logProgress: (events: Events, spec: BatchSpec, everySteps: number) => Hook<SinkError>;
