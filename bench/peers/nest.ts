/**
 * An ordinary Nest service: ValidationPipe and HttpService, as the documentation shows them, with
 * kept connections. It opens each seal.
 */
import 'reflect-metadata';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpModule, HttpService } from '@nestjs/axios';
import { Body, Controller, HttpCode, Module, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsString } from 'class-validator';
import { firstValueFrom } from 'rxjs';
import { buildAnswer, readLike } from './like.js';
import { CONNECTIONS_MAX, TIMEOUT_MS } from './limits.js';
import { buildProof, openAccount } from './seal.js';

class Envelope {
  @IsString()
  instance_metadata: string;

  @IsString()
  client_data: string;
}

@Controller()
class LikeController {
  constructor(private readonly http: HttpService) {}

  @Post('like')
  @HttpCode(200)
  async like(
    @Body() { instance_metadata: metadata, client_data: text }: Envelope,
  ): Promise<object> {
    const account = openAccount(metadata);
    const like = readLike(text);
    const answer = await firstValueFrom(
      this.http.request<{ success?: unknown }>({
        method: like.liked ? 'POST' : 'DELETE',
        url: `/v26.0/${account.ig_user_id}/likes`,
        headers: { authorization: `Bearer ${account.user_token}` },
        data: { media_id: like.mediaId, appsecret_proof: buildProof(account.user_token) },
      }),
    );
    if (answer.data.success !== true) throw new Error('not confirmed');
    return buildAnswer(like);
  }
}

@Module({
  imports: [
    HttpModule.register({
      baseURL: process.env.ORIGIN ?? '',
      httpAgent: new HttpAgent({ keepAlive: true, maxSockets: CONNECTIONS_MAX }),
      httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: CONNECTIONS_MAX }),
      timeout: TIMEOUT_MS,
      maxRedirects: 0,
    }),
  ],
  controllers: [LikeController],
})
class PeerModule {}

const app = await NestFactory.create<NestFastifyApplication>(PeerModule, new FastifyAdapter(), {
  logger: false,
});
app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
await app.listen(0, '127.0.0.1');
console.log(`ready ${await app.getUrl()}`);
