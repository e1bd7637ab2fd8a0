import { ProxyCall } from '../../proxy-call.js';
import { ProxyController, ProxyRoute } from '../../proxy-route.decorator.js';
import { HideAnswer } from './hide-answer.dto.js';
import { HideClientData } from './hide-client-data.dto.js';
import { HIDE_EXAMPLES } from './hide.examples.js';
import { HideService } from './hide.service.js';

@ProxyController('comment/hide')
export class HideController {
  constructor(private readonly comments: HideService) {}

  @ProxyRoute({
    summary: "Hide a comment on the account's post, or show it again",
    description:
      "Sets the state, so a repeat is safe. A hidden comment's author still sees it. The " +
      "account's own comments cannot be hidden. Needs `instagram_manage_comments`.",
    clientData: HideClientData,
    answers: [HideAnswer],
    examples: HIDE_EXAMPLES,
  })
  hide(@ProxyCall(HideClientData) call: ProxyCall<HideClientData>): Promise<HideAnswer> {
    return this.comments.set(call);
  }
}
