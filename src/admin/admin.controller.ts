import { Controller, Header, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ADMIN_PAGE } from './admin.page.js';

/** No script, nothing from elsewhere, and framed by Zendesk alone. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors https://*.zendesk.com";

@ApiTags('Zendesk integration')
@Controller('admin_ui')
export class AdminController {
  @Post()
  @HttpCode(200)
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', PAGE_POLICY)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The page that Zendesk shows an admin who adds or edits an account' })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({
    schema: {
      type: 'object',
      properties: Object.fromEntries(
        ['name', 'metadata', 'state', 'return_url', 'subdomain', 'locale'].map((name) => [
          name,
          { type: 'string' },
        ]),
      ),
    },
  })
  @ApiOkResponse({
    description: 'A page that says how to seal an account by command.',
    content: { 'text/html': { schema: { type: 'string' } } },
  })
  page(): string {
    return ADMIN_PAGE;
  }
}
