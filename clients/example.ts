// Calls the relay with the generated client, as a back end does: creates a session and reads it.

import { createClient } from './build/client/client/index.js';
import { createSession, deleteSession, type Problem, readSession, reconcileSession } from './build/client/index.js';

/** Creates a session, reads it, and deletes it again. Returns what the relay answered. */
export async function tryOut(baseUrl: string, apiKey: string) {
  const client = createClient({ baseUrl, auth: apiKey });
  const created = await createSession({
    client,
    body: { identifier: '0000000000001', type: '1', reference: 'case-1' },
  });
  if (!created.data) throw new Error(problemOf(created.error));
  const path = { id: created.data.session_id };

  const read = await readSession({ client, path });
  if (!read.data) throw new Error(problemOf(read.error));
  // The compiler knows the states and the verdict, and that there may not be one yet.
  const isOpen: boolean = read.data.state === 'created';
  const outcome: 'verified' | 'rejected' | undefined = read.data.verdict?.outcome;

  // An error is a typed problem. This session has no lost verdict to decide about.
  const refused = await reconcileSession({ client, path, body: { action: 'repeat' } });
  const deleted = await deleteSession({ client, path });
  return {
    session: path.id,
    token: created.data.session_token,
    reference: read.data.reference,
    isOpen,
    outcome,
    code: refused.error?.code,
    deleted: deleted.response.status,
  };
}

function problemOf(problem: Problem | undefined): string {
  return problem ? `${problem.code}: ${problem.title}` : 'no answer';
}

// What the relay would refuse, the compiler refuses.
export const wrong = [
  // @ts-expect-error: the identifier is required
  () => createSession({ body: { type: '1' } }),
  // @ts-expect-error: there is no type 3
  () => createSession({ body: { identifier: '1', type: '3' } }),
  // @ts-expect-error: the id is required
  () => readSession({}),
  // @ts-expect-error: there is no such action
  () => reconcileSession({ path: { id: 'ses_1' }, body: { action: 'forget' } }),
];
