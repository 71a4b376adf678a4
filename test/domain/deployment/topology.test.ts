import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { plan } from "../../../src/domain/deployment/plan.ts"
import * as Topology from "../../../src/domain/Topology.ts"

const twoByFour = Topology.make({ hosts: 2, coresPerHost: 4 })

describe("Topology", () => {
  it("[row 43] a replica's ordinal is its number modulo the cores of a host; with several cores, that of its logical core 0", () => {
    assert.deepStrictEqual(
      Array.from({ length: 8 }, (_, r) => Topology.coresOfReplica(twoByFour, r)[0]),
      [0, 1].flatMap((host) => [0, 1, 2, 3].map((ordinal) => ({ host, ordinal })))
    )
    const pairs = Topology.make({ hosts: 2, coresPerHost: 4, coresPerReplica: 2 })
    assert.deepStrictEqual(Topology.coresOfReplica(pairs, 3), [
      { host: 1, ordinal: 2 },
      { host: 1, ordinal: 3 }
    ])
  })
  it("[row 45] names the block of cores of a replica, and packs replicas", () => {
    assert.deepStrictEqual(
      [1, 2, 4, 8, 16].map((n) => Topology.computationShape(n)?.join(",")),
      ["1,1,1", "1,1,2", "1,2,2", "2,2,2", "4,2,2"]
    )
    const large = Topology.check(Topology.make({ coresPerHost: 4, coresPerReplica: 8 }), { perHostInput: "PerHostV2", deviceReplicas: 1 })
    assert.include(Result.isFailure(large) ? large.failure.message : "", "larger than the system")
  })
  it.prop(
    "[row 43] [row 195] every core is in one replica; a host feeds the replicas whose logical core 0 it has",
    { hosts: Schema.Literals([1, 2, 4]), coresPerHost: Schema.Literals([1, 2, 4, 8]), coresPerReplica: Schema.Literals([1, 2, 4, 8]) },
    (options) => {
      const topology = Topology.make(options)
      const deviceReplicas = Topology.replicasOf(topology)
      if (Result.isFailure(Topology.check(topology, { perHostInput: "PerHostV2", deviceReplicas }))) {
        assert.isAbove(options.coresPerReplica, Topology.coresOf(topology))
        return
      }
      const cores = Array.from({ length: deviceReplicas }, (_, r) => Topology.coresOfReplica(topology, r)).flat()
      assert.strictEqual(new Set(cores.map(({ host, ordinal }) => `${host}/${ordinal}`)).size, Topology.coresOf(topology))
      const { units } = Result.getOrThrow(
        plan({ topology, perHostInput: "PerHostV2", evalInput: "PerHostV1", mode: "train", batchSize: deviceReplicas })
      )
      const fed = units.flatMap(({ firstReplica, host, replicasFed }) =>
        Array.from({ length: replicasFed }, (_, i) => ({ replica: firstReplica + i, host }))
      )
      assert.deepStrictEqual(
        fed,
        Array.from({ length: deviceReplicas }, (_, replica) => ({ replica, host: Topology.coresOfReplica(topology, replica)[0]!.host }))
      )
    }
  )
})
