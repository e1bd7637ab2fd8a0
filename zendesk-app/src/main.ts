import './main.css';
import { colorSchemeOfAddress, showColorScheme } from './color-scheme.js';
import { ownFailure } from './failure.js';
import { failureView } from './failure-view.js';
import { Service } from './service.js';
import { Sidebar } from './sidebar.js';
import { Texts } from './texts.js';
import { readTicket } from './ticket.js';
import { invokeQuietly, type ZafClient } from './zaf.js';

/** The app asks Zendesk for as much height as it needs, up to this, in pixels; then it scrolls. */
const HEIGHT_MAX = 900;

async function start(client: ZafClient, root: HTMLElement): Promise<void> {
  const ticket = await readTicket(client, MANIFEST_ID);
  if (ticket.subject === undefined) {
    invokeQuietly(client, 'hide');
    return;
  }
  const texts = new Texts(ticket.locale);
  document.documentElement.lang = texts.language;
  document.documentElement.dir = texts.direction;
  if (ticket.colorScheme !== undefined) showColorScheme(ticket.colorScheme);
  client.on('colorScheme.changed', showColorScheme);
  fitHeight(client, root);

  const service = new Service(client, ticket.id, texts);
  const sidebar = new Sidebar(root, client, service, ticket.subject, texts);
  await sidebar.load();
  // Coming back to the ticket, or to the network, the agent sees what others did meanwhile.
  client.on('app.activated', () => void sidebar.load());
  window.addEventListener('online', () => void sidebar.load());
}

function fitHeight(client: ZafClient, root: HTMLElement): void {
  let asked = 0;
  new ResizeObserver(() => {
    const height = Math.min(Math.ceil(root.getBoundingClientRect().height), HEIGHT_MAX);
    if (height === asked) return;
    asked = height;
    invokeQuietly(client, 'resize', { width: '100%', height: `${String(height)}px` });
  }).observe(root);
}

showColorScheme(colorSchemeOfAddress());
const client = ZAFClient.init();
const root = document.getElementById('app');
if (client !== false && root !== null) {
  start(client, root).catch(() => {
    const texts = new Texts(navigator.language);
    root.replaceChildren(failureView(ownFailure(texts, 'offline', 'offline_fix', 'none'), texts));
  });
}
