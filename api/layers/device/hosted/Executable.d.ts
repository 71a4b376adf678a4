import * as Effect from "effect/Effect";
import type { Executable } from "../../../services/Device.ts";
import type { Host } from "./Host.ts";
import type { HostedPlan } from "./Plan.ts";
export declare const make: (host: Host, plan: HostedPlan) => Effect.Effect<Executable>;
