/**
 * A typed client of Wahana's three services. The types come from the OpenAPI documents (`npm run generate`), the requests
 * are made by openapi-fetch: no path, parameter, body or answer is written here.
 *
 *   const wahana = connect("https://wahana.example", () => token);
 *   const { data, error } = await wahana.registry.GET("/v1/institutions/{id}", { params: { path: { id } } });
 */
import createClient, { type Client, type Middleware } from "openapi-fetch";

import type { components as OfActivities, paths as Activities } from "../generated/activities.ts";
import type { components as OfRegistry, paths as Registry } from "../generated/registry.ts";
import type { components as OfReporting, paths as Reporting } from "../generated/reporting.ts";

/** RFC 9457 problem details: what every answer that is no success holds. */
export type Problem = OfRegistry["schemas"]["Problem"];

/** Every type of problem that this version of the three services answers. */
export type ProblemType =
  | OfRegistry["schemas"]["ProblemType"]
  | OfActivities["schemas"]["ProblemType"]
  | OfReporting["schemas"]["ProblemType"];

export interface Wahana {
  registry: Client<Registry>;
  activities: Client<Activities>;
  reporting: Client<Reporting>;
}

/** Connects to an installation. `token` is asked before each request, so that a new one is taken when the old one ends. */
export function connect(address: string, token: () => string | Promise<string>, language: "id" | "en" = "id"): Wahana {
  const headers: Middleware = {
    async onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${await token()}`);
      request.headers.set("Accept-Language", language);
      return request;
    },
  };
  const wahana: Wahana = {
    registry: createClient<Registry>({ baseUrl: `${address}/registry` }),
    activities: createClient<Activities>({ baseUrl: `${address}/activities` }),
    reporting: createClient<Reporting>({ baseUrl: `${address}/reporting` }),
  };
  for (const service of Object.values(wahana)) service.use(headers);
  return wahana;
}

/** Whether a problem is of one type; a type that no service answers does not compile. */
export function isProblem<Type extends ProblemType>(
  problem: Problem | undefined,
  type: Type,
): problem is Problem & { type: Type } {
  return problem?.type === type;
}

/** Of an answer that is a version of a record: its `ETag`, to change it, and its position, to read what follows from it. */
export function versionOf(response: Response): { etag: string; position: string } {
  return {
    etag: response.headers.get("ETag") ?? "",
    position: response.headers.get("Wahana-Position") ?? "",
  };
}

/** Repeats what says that it may be repeated: 202, 409, 429 and 503 with `Retry-After`; `most` times at most. */
export async function patiently<Answer extends { response: Response }>(
  ask: () => Promise<Answer>,
  most = 30,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    const wait = answer.response.headers.get("Retry-After");
    if (wait === null || tries >= most) return answer;
    await new Promise((resume) => setTimeout(resume, Number(wait) * 1000));
  }
}
