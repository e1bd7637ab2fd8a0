import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { useAgentSandbox } from '../support/use-agent-sandbox.js';

interface Ticket {
  comments: { body: string; externalId?: string }[];
}

/** Works with the agent's pages of the Zendesk stand-in in a browser. */
describe('the agent workspace of the sandbox', () => {
  const sandbox = useAgentSandbox();

  const readComments = async (ticket: string): Promise<string[]> => {
    const { comments } = (await sandbox.zendesk('GET', `/_control/tickets/${ticket}`)) as Ticket;
    return comments.map(({ body }) => body);
  };
  const readCommentsAtInstagram = async (): Promise<string[]> => {
    const query = `fields=text,replies{text}&access_token=${OMNIWEAR.token}`;
    const answer = await fetch(
      `${sandbox.at.instagram}/v26.0/${OMNIWEAR.photoId}/comments?${query}`,
    );
    const { data } = (await answer.json()) as {
      data: { text: string; replies?: { data: { text: string }[] } }[];
    };
    return data.flatMap(({ text, replies }) => [
      text,
      ...(replies?.data ?? []).map((reply) => reply.text),
    ]);
  };

  it('adds a comment to its ticket, then sends a reply and a like', async () => {
    const id = await sandbox.comment(OMNIWEAR.photoId, 'Is it warm enough for winter?');
    const { page, app } = await sandbox.open();
    await page.getByRole('button', { name: 'Check for new comments' }).click();
    await page.locator('.conversation').getByText('Is it warm enough for winter?').waitFor();

    await page.getByLabel('Public reply').fill('Down to minus ten.');
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.locator('.conversation').getByText('Down to minus ten.').waitFor();
    expect(await readCommentsAtInstagram()).toContain('Down to minus ten.');

    const heart = app.locator(`[data-target="comment/${id}"]`);
    await heart.click();
    await app.locator(`[data-target="comment/${id}"][data-state="known"]`).waitFor();
    expect(await heart.getAttribute('aria-pressed')).toBe('true');
    expect(await sandbox.likes()).toEqual([id]);
  });

  it('lists the tickets in 320 pixels and has an error page for an unknown ticket', async () => {
    const { page } = await sandbox.open({ width: 320 });
    await page.goto(`${sandbox.at.zendesk}/agent/tickets`);
    await page.getByRole('cell', { name: '62' }).waitFor();
    const pageWidth = 'document.documentElement.scrollWidth';
    expect(await page.evaluate(pageWidth)).toBe(320);
    const answer = await page.goto(`${sandbox.at.zendesk}/agent/tickets/99`);
    expect(answer?.status()).toBe(404);
    await page.getByRole('heading', { name: 'There is no ticket 99' }).waitFor();
  });

  it('polls every two minutes of its clock', async () => {
    // Runs a poll. The next one is due within two minutes, but not immediately.
    await sandbox.zendesk('POST', '/_control/clock', { advance_seconds: 120 });
    await sandbox.comment(OMNIWEAR.photoId, 'By the clock');
    await sandbox.zendesk('POST', '/_control/clock', { advance_seconds: 60 });
    expect(await readComments('62')).not.toContain('By the clock');
    await sandbox.zendesk('POST', '/_control/clock', { advance_seconds: 60 });
    expect(await readComments('62')).toContain('By the clock');
  });

  it('returns a ticket to apps as the REST API does, with the newest comment first', async () => {
    const { ticket } = (await sandbox.zendesk('GET', '/api/v2/tickets/62.json')) as {
      ticket: object;
    };
    expect(ticket).toMatchObject({
      id: 62,
      via: {
        channel: 'any_channel',
        source: {
          from: {
            service_info: {
              supports_channelback: true,
              supports_clickthrough: true,
              registered_integration_service_name: 'Instagram',
              registered_integration_service_external_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
              integration_service_instance_name: 'Omniwear',
            },
          },
        },
      },
    });
    const { comments } = (await sandbox.zendesk('GET', '/api/v2/tickets/62/comments.json')) as {
      comments: { id: number; channelDisplayInfo: Record<string, { media_id: string }> }[];
    };
    const ids = comments.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    const [type, data] = Object.entries(comments.at(-1)?.channelDisplayInfo ?? {})[0] ?? [];
    expect(type).toMatch(/^[0-9a-f-]{36}\/media\/v1$/);
    expect(data).toMatchObject({ media_id: OMNIWEAR.photoId, comment_id: null });
  });

  it("speaks the framework's protocol with Zendesk's own SDK", async () => {
    const { page } = await sandbox.open();
    const frame = page.frames().find((each) => each.url().includes('/iframe.html'));
    // A second client in the app's frame, because the test cannot reach the app's own client.
    const results = await frame?.evaluate(`(async () => {
      const client = ZAFClient.init();
      const context = await client.context();
      const paths = ['ticket.id', 'currentUser.name', 'ticket.nothing'];
      const { errors, ...got } = await client.get(paths);
      const refused = await client.set('ticket.subject', 'x').catch((error) => error.name);
      const unknown = await client.invoke('nothing').catch((error) => error.message);
      const heard = await new Promise((resolve) => {
        client.on('greeting', resolve);
        client.trigger('greeting', { hello: 'world' });
      });
      const complete = { url: '/api/v2/tickets/62.json', httpCompleteResponse: true };
      const { status } = await client.request(complete);
      const missing = '/api/v2/tickets/999.json';
      const failed = await client.request(missing).catch((error) => error.status);
      return { context, got, errors: Object.keys(errors), refused, unknown, heard, status, failed };
    })()`);
    expect(results).toEqual({
      context: {
        instanceGuid: expect.any(String),
        product: 'support',
        account: { subdomain: 'omniwear' },
        location: 'ticket_sidebar',
        ticketId: 62,
      },
      got: { 'ticket.id': 62, 'currentUser.name': 'Ada' },
      errors: ['ticket.nothing'],
      refused: 'APIError',
      unknown: expect.stringContaining('No such action'),
      heard: { hello: 'world' },
      status: 200,
      failed: 404,
    });
  });

  it('serves the package unchanged except for the address of the SDK', async () => {
    const page = await (await fetch(`${sandbox.at.apps}/assets/iframe.html`)).text();
    expect(page).toContain('<script src="/zaf_sdk.js"></script>');
    expect(page).not.toContain('static.zdassets.com');
    expect(new URL(sandbox.at.apps).origin).not.toBe(new URL(sandbox.at.zendesk).origin);
    const manifest = await fetch(`${sandbox.at.apps}/manifest.json`);
    expect(manifest.status).toBe(404);
  });

  it('shows one comment if the account creates a ticket for each comment', async () => {
    await sandbox.connect({ threads: 'comment' });
    const id = await sandbox.comment(OMNIWEAR.photoId, 'A ticket of its own');
    await sandbox.zendesk('POST', '/_control/pull', {});
    const tickets = (await sandbox.zendesk('GET', '/_control/tickets')) as (Ticket & {
      id: string;
    })[];
    const ticket = tickets.find(({ comments }) => comments.at(0)?.body === 'A ticket of its own');
    await sandbox.zendesk('DELETE', '/_control/calls');
    const opened = await sandbox.open({ ticket: ticket?.id ?? '' });
    expect(await sandbox.zendesk('GET', '/_control/calls')).toMatchObject([
      { ticket_id: ticket?.id, client_data: JSON.stringify({ comment_id: id }) },
    ]);
    // The photo and this comment.
    expect(await opened.heart().count()).toBe(2);
    await opened.heart(`comment/${id}`).click();
    expect(await opened.settled(`comment/${id}`)).toBe('true');
    expect(await sandbox.likes()).toEqual([id]);
    await sandbox.connect({});
  });
});
