import { ZafHost } from './zaf-host.js';

/** Frames the app next to the ticket, as the agent workspace does. */
const page = findElement('ticket');
const tray = findElement('app');
const notifications = findElement('notifications');
const ticketId = page.dataset.ticket ?? '';
const agent = JSON.parse(page.dataset.agent ?? '{}') as {
  id: number;
  name: string;
  locale: string;
};
const appGuid = crypto.randomUUID();
let colorScheme = page.dataset.colorScheme ?? 'light';
document.documentElement.dataset.colorScheme = colorScheme;

const frame = document.createElement('iframe');
frame.title = tray.querySelector('h2')?.textContent ?? '';
frame.setAttribute(
  'sandbox',
  'allow-forms allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox',
);
const query = new URLSearchParams({ origin: location.origin, app_guid: appGuid, colorScheme });
frame.src = `${page.dataset.app ?? ''}?${query.toString()}`;

function findElement(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no ${id}.`);
  return found;
}

async function fetchJson(path: string): Promise<Record<string, unknown>> {
  const answer = await fetch(path);
  return (await answer.json()) as Record<string, unknown>;
}

/** All properties that an app may read, as one tree. */
async function readProperties(): Promise<object> {
  const [{ ticket }, { comments }] = await Promise.all([
    fetchJson(`/api/v2/tickets/${ticketId}.json`),
    fetchJson(`/api/v2/tickets/${ticketId}/comments.json`),
  ]);
  return {
    ticket: { ...(ticket as object), comments },
    currentUser: { id: agent.id, name: agent.name, locale: agent.locale, role: 'agent' },
    currentAccount: { subdomain: 'omniwear' },
    colorScheme,
  };
}

const host = new ZafHost({
  frame,
  appGuid,
  context: {
    instanceGuid: appGuid,
    product: 'support',
    account: { subdomain: 'omniwear' },
    location: 'ticket_sidebar',
    ticketId: Number(ticketId),
  },
  read: async (path) =>
    path
      .split('.')
      .reduce<unknown>(
        (value, name) =>
          typeof value === 'object' && value !== null
            ? (value as Record<string, unknown>)[name]
            : undefined,
        await readProperties(),
      ),
  write: () => {
    throw new Error('Nothing can be set here');
  },
  actions: {
    resize: (size) => {
      const { width, height } = size as { width?: string; height?: string };
      if (width !== undefined) frame.style.width = width;
      if (height !== undefined) frame.style.height = height;
    },
    hide: () => {
      tray.hidden = true;
    },
    show: () => {
      tray.hidden = false;
    },
    notify: (message, kind) => {
      const notification = document.createElement('p');
      notification.setAttribute('role', 'alert');
      notification.className = typeof kind === 'string' ? kind : 'notice';
      // Zendesk accepts HTML here, so tests can detect an app that forgets to escape.
      notification.innerHTML = String(message);
      notifications.replaceChildren(notification);
    },
  },
});

findElement('color-scheme').addEventListener('click', () => {
  colorScheme = colorScheme === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.colorScheme = colorScheme;
  host.fire('colorScheme.changed', colorScheme);
});
document.addEventListener('visibilitychange', () => {
  host.fire(document.visibilityState === 'visible' ? 'app.activated' : 'app.deactivated');
});
tray.append(frame);
