import { escapeHtml } from '../../escape-html.js';
import { buildPage } from '../page.js';
import type { Ticket } from '../tickets.js';
import { type Agent, AGENTS } from './agents.js';

const STYLES = '<link rel="stylesheet" href="/agent.css">';

/** The tickets of this Zendesk. */
export function buildTicketListPage(tickets: readonly Ticket[]): string {
  const toRow = ({ id, subject, status, instance, otherService }: Ticket): string => `
<tr>
  <td>${id}</td>
  <td><a href="/agent/tickets/${id}">${escapeHtml(subject)}</a></td>
  <td>${escapeHtml(instance?.name ?? otherService?.name ?? 'E-mail')}</td>
  <td>${status}</td>
</tr>`;
  return buildPage(
    'agent',
    'Tickets',
    `${STYLES}
<h1>Tickets</h1>
${buildCheckButton('/agent')}
<table>
<thead><tr><th>Number</th><th>Subject</th><th>Channel</th><th>Status</th></tr></thead>
<tbody>${tickets.map(toRow).join('')}</tbody>
</table>`,
  );
}

export function buildNoTicketPage(id: string): string {
  return buildPage(
    'agent',
    'No such ticket',
    `${STYLES}
<h1>There is no ticket ${escapeHtml(id)}</h1>
<p><a href="/agent">All tickets</a></p>`,
  );
}

/** One ticket with its conversation, and next to it the app in its frame. */
export function buildTicketPage(
  ticket: Ticket,
  {
    agent,
    appUrl,
    appName,
    colorScheme,
    notice,
  }: {
    agent: Agent;
    appUrl: string;
    appName: string;
    colorScheme: 'light' | 'dark';
    notice: string | undefined;
  },
): string {
  const toAddress = (id: number): string => `/agent/tickets/${ticket.id}?agent=${String(id)}`;
  const toItem = ({ author, body }: Ticket['comments'][number]): string => `
<li><strong>${escapeHtml(author)}</strong><p class="said" dir="auto">${escapeHtml(body)}</p></li>`;
  const others = AGENTS.filter(({ id }) => id !== agent.id).map(
    ({ id, name }) => `<a href="${toAddress(id)}">Continue as ${escapeHtml(name)}</a>`,
  );
  const reply = ticket.allowChannelback
    ? `<form method="post" action="/agent/tickets/${ticket.id}/reply?agent=${String(agent.id)}">
<label for="message">Public reply</label>
<textarea id="message" name="message" rows="3" required></textarea>
<button>Submit</button>
</form>`
    : '';
  return buildPage(
    'agent',
    `Ticket ${ticket.id}`,
    `${STYLES}
<div class="ticket" id="ticket" data-ticket="${ticket.id}"
 data-agent="${escapeHtml(JSON.stringify(agent))}"
 data-app="${escapeHtml(appUrl)}" data-color-scheme="${colorScheme}">
<section>
<h1 dir="auto">${escapeHtml(ticket.subject)}</h1>
<p class="tools">Ticket ${ticket.id} · ${escapeHtml(agent.name)} · ${others.join(' ')}
<button type="button" id="color-scheme">Light or dark</button></p>
${buildCheckButton(toAddress(agent.id))}
${notice === undefined ? '' : `<p role="alert">${escapeHtml(notice)}</p>`}
<ul class="conversation">${ticket.comments.map(toItem).join('')}</ul>
${reply}
</section>
<aside id="app" aria-label="Apps"><h2>${escapeHtml(appName)}</h2></aside>
</div>
<div id="notifications"></div>
<script src="/zaf-host.js"></script>`,
  );
}

function buildCheckButton(back: string): string {
  return `<form method="post" action="/agent/check?back=${encodeURIComponent(back)}">
<button>Check for new comments</button></form>`;
}
