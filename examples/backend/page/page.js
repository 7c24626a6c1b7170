// The page has neither the API key nor the identifier. Both stay on the server.

import '/akiba-selfie/define.js';

const selfie = document.querySelector('akiba-selfie');

selfie.session = async ({ reason }) => {
  const answer = await fetch(`/selfie-session?reason=${reason}`, { method: 'POST' });
  if (!answer.ok) throw Object.assign(new Error('no session'), { status: answer.status });
  return (await answer.json()).token;
};

// The widget's verdict is for the person only. The bank's server relies on the relay's answer.
for (const outcome of ['verified', 'rejected'])
  selfie.addEventListener(`selfie-${outcome}`, () => sendProof(selfie.verdict?.proof).then(() => showVerdict(outcome)));

// The server checks the proof, so it need not wait for the webhook. Without proof keys at the relay there is no proof.
async function sendProof(proof) {
  if (!proof) return;
  const headers = { 'Content-Type': 'application/json' };
  await fetch('/selfie-proof', { method: 'POST', headers, body: JSON.stringify({ proof }) }).catch(() => undefined);
}

async function showVerdict(outcome) {
  const line = document.querySelector('#verdict');
  line.textContent = 'Waiting for the bank …';
  for (let tries = 0; tries < 30; tries += 1) {
    const answer = await fetch('/verdict').catch(() => undefined);
    const known = answer?.ok ? await answer.json() : undefined;
    // The bank may still have the verdict of the previous try.
    if (known?.outcome === outcome) {
      line.textContent = `The bank knows: ${known.outcome}.`;
      return;
    }
    await new Promise((wake) => setTimeout(wake, 1000));
  }
  line.textContent = 'The bank has not heard yet. We will write to you.';
}
