/** An ordinary Nest service: ValidationPipe and HttpService, as the documentation shows them. */
import 'reflect-metadata';
import { Agent } from 'node:http';
import { HttpModule, HttpService } from '@nestjs/axios';
import { Body, Controller, HttpCode, Module, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsString } from 'class-validator';
import { firstValueFrom } from 'rxjs';
import { buildAnswer, buildProof, openAccount, readLike } from './seal.js';

const CONNECTIONS = 1000;

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
    const { media_id: mediaId, liked } = readLike(text);
    const answer = await firstValueFrom(
      this.http.request<{ success?: unknown }>({
        method: liked ? 'POST' : 'DELETE',
        url: `/v26.0/${account.ig_user_id}/likes`,
        headers: { authorization: `Bearer ${account.user_token}` },
        data: { media_id: mediaId, appsecret_proof: buildProof(account.user_token) },
      }),
    );
    if (answer.data.success !== true) throw new Error('not confirmed');
    return buildAnswer(mediaId, liked);
  }
}

@Module({
  imports: [
    HttpModule.register({
      baseURL: process.env.ORIGIN ?? '',
      httpAgent: new Agent({ keepAlive: true, maxSockets: CONNECTIONS }),
      timeout: 8000,
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
