import { Controller, Get } from '@nestjs/common';
import {
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblem } from '../common/http/api-problem.decorator.js';
import { AnswersWithin } from '../common/http/deadline.interceptor.js';
import { ProblemError } from '../common/http/problem.js';
import { LineWatch } from '../ledger/line/line-watch.js';
import { VERSION } from '../version.js';
import { ReadinessService } from './readiness.service.js';

/** A check's whole time. Load balancers do not wait long either. */
const HEALTH_DEADLINE_MS = 2000;

class Health {
  @ApiProperty({ enum: ['ok'] })
  status: 'ok';
}

class Liveness extends Health {
  @ApiProperty({ description: 'The version of the service.', example: '1.0.0' })
  version: string;
}

class Readiness extends Health {
  @ApiPropertyOptional({
    description: "How far this process's clock is ahead of PostgreSQL's, if more than 5 seconds.",
    example: 125,
  })
  clock_skew_seconds?: number;
}

@ApiTags('Health')
@AnswersWithin(HEALTH_DEADLINE_MS)
@Controller()
export class HealthController {
  constructor(
    private readonly readiness: ReadinessService,
    private readonly watch: LineWatch,
  ) {}

  @Get('healthcheck')
  @ApiOperation({ summary: 'Whether the integration works, for Zendesk' })
  @ApiOkResponse({ description: 'It works.', type: Health })
  @ApiProblem(503, 'It does not accept calls at the moment.')
  async healthcheck(): Promise<Health> {
    await this.assertReady();
    return { status: 'ok' };
  }

  @Get('health/live')
  @ApiOperation({ summary: 'Whether the process runs, for a supervisor' })
  @ApiOkResponse({ description: 'It runs.', type: Liveness })
  live(): Liveness {
    return { status: 'ok', version: VERSION };
  }

  @Get('health/ready')
  @ApiOperation({ summary: 'Whether the service accepts calls, for a load balancer' })
  @ApiOkResponse({ description: 'It accepts calls.', type: Readiness })
  @ApiProblem(503, 'The database fails or is not writable, or the service is shutting down.')
  async ready(): Promise<Readiness> {
    await this.assertReady();
    // A wrong clock makes no answer wrong, so calls are still welcome.
    const seconds = await this.watch.checkClock().catch(() => undefined);
    return { status: 'ok', ...(seconds === undefined ? {} : { clock_skew_seconds: seconds }) };
  }

  private async assertReady(): Promise<void> {
    const obstacle = await this.readiness.findObstacle();
    if (obstacle !== undefined) throw new ProblemError(503, obstacle);
  }
}
