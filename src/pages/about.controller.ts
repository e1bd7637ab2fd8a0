import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { page, PAGE_HEADERS } from '../common/http/page.js';

const ABOUT = page(
  'Instagram for Zendesk',
  `<p>Comments on your Instagram posts become Zendesk tickets. Agents answer and like them there, as your account, and
never see its log-in.</p>
<h2>What agents can do</h2>
<ul>
<li>Answer a ticket: the answer appears on Instagram as a reply to the comment.</li>
<li>Like the photo or a comment, and take the like back.</li>
</ul>
<h2>What is kept where</h2>
<ul>
<li>Zendesk keeps the account's log-in, sealed: only this service can open it.</li>
<li>This service keeps what it liked, which answers it posted, which ticket belongs to which post, and whose comments it
handed over; no log-in and no text.</li>
<li>When Zendesk deletes a person, what this service keeps about that person's comments is deleted too.</li>
</ul>
<h2>When something does not work</h2>
<p>The <a href="dashboard">dashboard</a> shows whether accounts are being read. An account whose log-in has ended must be
connected anew in Zendesk's Admin Center.</p>`,
);

@ApiTags('Zendesk integration')
@Controller('about')
export class AboutController {
  @Get()
  @ApiOperation({ summary: 'A page that says what this integration does' })
  @ApiOkResponse({
    description: 'The page.',
    content: { 'text/html': { schema: { type: 'string' } } },
  })
  @Header('content-type', PAGE_HEADERS['content-type'])
  @Header('content-security-policy', PAGE_HEADERS['content-security-policy'])
  @Header('referrer-policy', PAGE_HEADERS['referrer-policy'])
  about(): string {
    return ABOUT;
  }
}
