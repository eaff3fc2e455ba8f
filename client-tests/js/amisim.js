// amisim in tests for Node.js. Copy this file: it needs nothing but the program, which is the one named
// by AMISIM, or `amisim` from the PATH.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

let accounts = 0;

export class Amisim {
    /** One that runs already; see start(). */
    constructor(url, program = null) {
        this.url = url;
        this.program = program;
    }

    /** Starts one on a free port, with these options beside; it ends when this process does. */
    static async start(...options) {
        const program = spawn(
            process.env.AMISIM ?? "amisim",
            ["--port", "0", "--attached", "--pace", "instant", "--log", "off", ...options],
            { stdio: ["pipe", "pipe", "inherit"] },
        );
        const lines = createInterface({ input: program.stdout });
        const ended = once(program, "exit").then(([code]) => {
            throw new Error(`amisim ended with ${code} before it was ready`);
        });
        const [line] = await Promise.race([once(lines, "line"), ended]);
        ended.catch(() => {});
        for (const handle of [program, program.stdin, program.stdout]) handle.unref();
        return new Amisim(line.match(/ready on (\S+)$/)[1], program);
    }

    async stop() {
        const { program } = this;
        if (program.exitCode === null && program.kill()) {
            program.ref();
            await once(program, "exit");
        }
        if (program.exitCode !== 0) throw new Error(`amisim ended with ${program.exitCode}`);
    }

    /** An account that no other test uses: what tests do at the same time stays apart. */
    account() {
        return String(4e11 + (process.pid % 1e6) * 1e5 + ++accounts);
    }

    /** What any client of the SDK is made with: new EC2Client(amisim.config(account)). */
    config(account, region = "us-east-1") {
        const credentials = { accessKeyId: account, secretAccessKey: "anything" };
        return { endpoint: this.url, region, credentials };
    }

    /** Virtual time: everything that falls due on the way happens. */
    clock = {
        now: async () => new Date((await this.control("GET", "clock")).now),
        advance: (span) => this.control("POST", "clock", { advance: span }),
        set: (time) => this.control("POST", "clock", { set: time.toISOString() }),
    };

    /** Rules of docs/faults.md for one account, in place of those it had; none ends them. */
    faults(account, ...rules) {
        const path = `scenarios/${account}`;
        if (rules.length === 0) return this.control("DELETE", path);
        const own = rules.map((rule) => ({ ...rule, when: { ...rule.when, accounts: [account] } }));
        return this.control("PUT", path, { name: account, rules: own });
    }

    /** One of the routes of docs/control.md; a body that is no bytes is sent as JSON. */
    async control(method, path, body) {
        const answer = await fetch(`${this.url}/_amisim/${path}`, {
            method,
            headers: { "X-Amisim": "tests" },
            body: body === undefined || body instanceof Uint8Array ? body : JSON.stringify(body),
        });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
        return JSON.parse(text);
    }
}
