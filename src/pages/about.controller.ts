import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AnswersWithin, DEFAULT_DEADLINE_MS } from '../common/http/deadline.interceptor.js';
import { html } from '../common/http/html.js';
import { HtmlPage } from '../common/http/html-page.decorator.js';
import { page } from '../common/http/page.js';
import { VERSION } from '../version.js';

const ABOUT = page(
  'Instagram for Zendesk',
  html`<p>
      Comments on your Instagram posts become Zendesk tickets. Agents answer and like them there as
      your account, and never see its login.
    </p>
    <h2>What agents can do</h2>
    <ul>
      <li>Answer a ticket: the answer appears on Instagram as a reply to the comment.</li>
      <li>Like the photo or a comment, and remove the like.</li>
    </ul>
    <h2>Who stores what</h2>
    <ul>
      <li>Zendesk stores the account's login, sealed: only this service can open it.</li>
      <li>
        This service stores which likes and answers it sent, which ticket belongs to which post, and
        who wrote the comments it delivered. It stores no login and no text.
      </li>
      <li>
        When Zendesk deletes a person, this service deletes its records of that person's comments.
      </li>
    </ul>
    <h2>When something does not work</h2>
    <p>
      The <a href="dashboard">dashboard</a> shows whether accounts are being read. If the login of
      an account has ended, connect the account again in Zendesk's Admin Center.
    </p>
    <p>Version ${VERSION}</p>`,
);

@ApiTags('Zendesk integration')
@AnswersWithin(DEFAULT_DEADLINE_MS)
@Controller('about')
export class AboutController {
  @Get()
  @ApiOperation({ summary: 'A page that explains this integration' })
  @HtmlPage({ cached: true })
  about(): string {
    return ABOUT;
  }
}
