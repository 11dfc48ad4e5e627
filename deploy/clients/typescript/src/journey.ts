/**
 * The main job from end to end, as a front-end would do it: register, submit, review, verify, record what was done, read
 * the number that came of it, and meet a problem. `WAHANA_ADDRESS=http://127.0.0.1:8000 npm run journey`; prints what it
 * saw as JSON. Takes its tokens from the trial issuer of `make run`.
 */
import { connect, isProblem, patiently, versionOf, type Problem, type Wahana } from "./client.ts";

const ADDRESS = process.env["WAHANA_ADDRESS"] ?? "http://127.0.0.1:8000";
const VILLAGE = "32.04.05.2001";
const DAY = process.env["WAHANA_DAY"] ?? new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

async function as(role: string, area: string): Promise<Wahana> {
  const form = new URLSearchParams({ role, area });
  const answer = await fetch(`${ADDRESS}/token`, { method: "POST", body: form });
  const { access_token } = (await answer.json()) as { access_token: string };
  return connect(ADDRESS, () => access_token, "en");
}

function expect<Data>(answer: { data?: Data; error?: unknown; response: Response }): Data {
  if (answer.data === undefined) throw new Error(`${answer.response.status} ${JSON.stringify(answer.error)}`);
  return answer.data;
}

const operator = await as("village-operator", VILLAGE);
const facilitator = await as("district-facilitator", "32.04.05");
const officer = await as("regency-officer", "32.04");

const registered = await operator.registry.POST("/v1/institutions", {
  params: { header: { "Idempotency-Key": `journey-${crypto.randomUUID()}` } },
  body: {
    type: "ARS",
    name: `Arisan TypeScript ${crypto.randomUUID().slice(0, 8)}`,
    origin: "tumbuh",
    legal_status: "tidak_berbadan_hukum",
    village: VILLAGE,
    active_from: "2020-01-01",
  },
});
const institution = expect(registered);
const step = (response: Response) => ({
  path: { id: institution.id },
  header: { "If-Match": versionOf(response).etag },
});

const submitted = await operator.registry.POST("/v1/institutions/{id}/submission", {
  params: step(registered.response),
  body: {},
});
expect(submitted);

// The version that was registered is no longer the newest: who holds it is told so, and reads again.
const stale = await operator.registry.PATCH("/v1/institutions/{id}", {
  params: step(registered.response),
  body: { name: "Arisan lain" },
  headers: { "Content-Type": "application/merge-patch+json" },
});
const problem: Problem | undefined = stale.error;
if (!isProblem(problem, "urn:wahana:problem:stale-etag")) throw new Error(JSON.stringify(problem));
const narrowed: "urn:wahana:problem:stale-etag" = problem.type;

const reviewed = await facilitator.registry.POST("/v1/institutions/{id}/review", {
  params: step(submitted.response),
  body: {},
});
expect(reviewed);
const verified = await officer.registry.POST("/v1/institutions/{id}/verification", {
  params: step(reviewed.response),
  body: {},
});
expect(verified);

// What is wrong with a body is told element by element, with where it is and what to do about it.
const wrong = await operator.activities.POST("/v1/activities", {
  body: {
    title: "Kerja bakti",
    kind: "gotong_royong",
    village: VILLAGE,
    lead_institution_id: institution.id,
    plan: { planned_from: "2026-03-21", planned_until: "2026-03-20" },
  },
});
const faults = wrong.error?.errors ?? [];

const recorded = await patiently(() =>
  operator.activities.POST("/v1/activities", {
    params: { header: { "Wahana-At-Least": versionOf(verified.response).position } },
    body: {
      title: "Kerja bakti saluran air",
      kind: "gotong_royong",
      village: VILLAGE,
      lead_institution_id: institution.id,
      completion: { held_from: DAY, held_until: DAY, invited: { total: 40 }, attended: { total: 30 } },
    },
  }),
);
const activity = expect(recorded);

const read = await patiently(() =>
  officer.reporting.GET("/v1/indicators/{code}/values", {
    params: {
      path: { code: "PRT-02" },
      query: { region: VILLAGE, period: DAY.slice(0, 7), at_least: versionOf(recorded.response).position },
    },
  }),
);
const answer = expect(read);
if (!("items" in answer)) throw new Error("the number did not come in time");
const [value] = answer.items;

console.log(
  JSON.stringify({
    institution: { verification: expect(verified).verification, operation: expect(verified).operation },
    problem: { type: narrowed, status: problem.status, title: problem.title },
    faults: faults.map(({ pointer, code }) => ({ pointer, code })),
    activity: activity.status,
    value: { numerator: value?.numerator, denominator: value?.denominator, status: value?.status },
  }),
);
