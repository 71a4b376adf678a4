import type { NanLossError } from "../../domain/Errors.ts";
import type { Hook } from "../../services/Hooks.ts";
export declare const nanLoss: (options?: {
    readonly failOnNanLoss?: boolean;
}) => Hook<NanLossError>;
