/*
 * The code of the link and this phone's claim, and what the browser keeps of them.
 *
 * The code stands in the fragment of the link, which no server gets. It leaves the address bar and the history at once. This tab
 * keeps it, so that a reload continues. A link from a message is opened again from the message, often in a new tab, so the browser
 * also keeps its claim, under the hash of the code: it is of no use to a person who does not have the message.
 */

const KEY = 'akiba-handoff';

/** The characters of a code in a link from a message. A desktop's code has fewer. */
const LINK_CODE = 32;

/** The link's code and this phone's claim. @typedef {{ code: string, claim: string }} Ticket */

/** Whether a code came in a message, and not from a desktop. @param {Ticket | undefined} ticket */
export const isFromMessage = (ticket) => ticket?.code.length === LINK_CODE;

/** Makes up the secret that proves that later calls are from this phone. */
function newClaim() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '');
}

/** @param {string} code */
async function nameOf(code) {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code)));
  return `${KEY}-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Reads from a storage; a browser may refuse it. @param {() => Storage} storage @param {string} name */
function read(storage, name) {
  try {
    return storage().getItem(name);
  } catch {
    return null;
  }
}

/** @param {() => Storage} storage @param {string} name @param {string} value */
function write(storage, name, value) {
  try {
    storage().setItem(name, value);
  } catch {
    // Without storage a reload needs a new link.
  }
}

/**
 * Reads the code from the address, or from this tab after a reload.
 * @returns {Promise<{ ticket?: Ticket, isNew: boolean }>} `isNew` if this browser has not opened the link before
 */
export async function readTicket() {
  const code = location.hash.slice(1);
  history.replaceState(null, '', location.pathname + location.search);
  if (!code) {
    const kept = read(() => sessionStorage, KEY);
    return { ticket: kept ? JSON.parse(kept) : undefined, isNew: false };
  }
  const kept = code.length === LINK_CODE ? read(() => localStorage, await nameOf(code)) : null;
  const ticket = { code, claim: kept ?? newClaim() };
  write(() => sessionStorage, KEY, JSON.stringify(ticket));
  return { ticket, isNew: !kept };
}

/** Keeps the claim on a link from a message, once the relay has taken it. @param {Ticket} ticket */
export async function keep(ticket) {
  if (!isFromMessage(ticket)) return;
  try {
    // Nobody needs the claims of earlier links.
    for (const name of Object.keys(localStorage)) if (name.startsWith(`${KEY}-`)) localStorage.removeItem(name);
  } catch {
    // This browser keeps nothing, so nothing has to go.
  }
  write(() => localStorage, await nameOf(ticket.code), ticket.claim);
}

/** Forgets a link that is over. @param {Ticket} ticket */
export async function forget(ticket) {
  try {
    localStorage.removeItem(await nameOf(ticket.code));
  } catch {
    // There is nothing to forget.
  }
}
