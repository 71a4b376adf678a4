import { NanLossError } from "../../domain/Errors.ts";
import type { Hook } from "../../services/Hooks.ts";
export declare const nanGuard: Hook<NanLossError>;
