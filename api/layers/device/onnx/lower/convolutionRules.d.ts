export declare const convolutionRules: {
    Conv2D: (e: import("./Emitter.ts").Emitter, node: import("../../../../domain/graph/Graph.ts").NodeOf<"Conv2D">) => import("../../hosted/lower/Values.ts").Value;
    Conv2DBackpropInput: (e: import("./Emitter.ts").Emitter, node: import("../../../../domain/graph/Graph.ts").NodeOf<"Conv2DBackpropInput">) => import("../../hosted/lower/Values.ts").Value;
    Conv2DBackpropFilter: (e: import("./Emitter.ts").Emitter, node: import("../../../../domain/graph/Graph.ts").NodeOf<"Conv2DBackpropFilter">) => import("../../hosted/lower/Values.ts").Value;
};
