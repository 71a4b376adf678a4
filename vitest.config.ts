import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    reporters: [["default", { summary: false }]],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    allowOnly: false
  }
})
