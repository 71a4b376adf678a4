import * as Stream from "effect/Stream";
export declare const groupsOf: (size: number) => <A, E, R>(stream: Stream.Stream<A, E, R>) => Stream.Stream<ReadonlyArray<A>, E, R>;
