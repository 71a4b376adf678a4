import type { NodeId } from "../../domain/graph/Graph.ts";
import type { SummaryRecorder } from "../../domain/Model.ts";
import type { TracedSummary } from "../../services/Tracer.ts";
import type { Recording } from "./Recording.ts";
export interface MarkedSummary extends Omit<TracedSummary, "outfeed"> {
    readonly node: NodeId;
}
export declare const recordedSummaries: (recording: Recording, enabled: boolean) => {
    recorder: SummaryRecorder;
    marked: MarkedSummary[];
};
