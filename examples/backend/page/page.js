// The page has no API key and no identifier: both stay on the server.

import '/akiba-selfie/define.js';

const selfie = document.querySelector('akiba-selfie');

selfie.session = async ({ reason }) => {
  const answer = await fetch(`/selfie-session?reason=${reason}`, { method: 'POST' });
  if (!answer.ok) throw new Error(`no session: ${answer.status}`);
  return (await answer.json()).token;
};

// What the widget says is for the person; what counts is what the bank's server has heard from the relay.
for (const outcome of ['verified', 'rejected'])
  selfie.addEventListener(`selfie-${outcome}`, () => showVerdict(outcome));

async function showVerdict(outcome) {
  const line = document.querySelector('#verdict');
  line.textContent = 'The bank is being told …';
  for (let tries = 0; tries < 30; tries += 1) {
    const answer = await fetch('/verdict').catch(() => undefined);
    const known = answer?.ok ? await answer.json() : undefined;
    // What it knows may yet be of the try before.
    if (known?.outcome === outcome) {
      line.textContent = `The bank knows: ${known.outcome}.`;
      return;
    }
    await new Promise((wake) => setTimeout(wake, 1000));
  }
  line.textContent = 'The bank has not heard yet. We will write to you.';
}
