export declare const convolutionRules: {
    Conv2D: (e: import("./Emitter.ts").Emitter, node: import("../../../../domain/graph/Graph.ts").NodeOf<"Conv2D">) => import("./Emitter.ts").Value;
    Conv2DBackpropInput: (e: import("./Emitter.ts").Emitter, node: import("../../../../domain/graph/Graph.ts").NodeOf<"Conv2DBackpropInput">) => import("./Emitter.ts").Value;
    Conv2DBackpropFilter: (e: import("./Emitter.ts").Emitter, node: import("../../../../domain/graph/Graph.ts").NodeOf<"Conv2DBackpropFilter">) => import("./Emitter.ts").Value;
};
