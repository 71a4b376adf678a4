import type { HostedLayout } from "../hosted/Plan.ts";
import type { Module } from "./process/ProgramPlan.ts";
import type { StepModule } from "./stepModule.ts";
export declare const moduleOf: (step: StepModule, { infeed, state }: HostedLayout, iterations: number, cores?: number) => Module;
