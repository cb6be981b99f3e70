import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.TypedMessageBuilder;
import org.apache.pulsar.client.api.transaction.Transaction;

/**
 * Publishes as only the Java client can. Usage: java -cp "JARS/*" JavaProducer.java SERVICE_URL CLOCK_AHEAD_SECONDS TRANSACTIONS
 *
 * Each line of its input is a command, each line of its output says that one is done:
 *   send TOPIC PAYLOAD | delay TOPIC SECONDS PAYLOAD | begin | transact TOPIC PAYLOAD | commit
 */
class JavaProducer {
    private static final Map<String, Producer<byte[]>> PRODUCERS = new HashMap<>();
    private static PulsarClient client;

    public static void main(String[] arguments) throws Exception {
        client = PulsarClient.builder()
                .serviceUrl(arguments[0])
                .clock(Clock.offset(Clock.systemUTC(), Duration.ofSeconds(Long.parseLong(arguments[1]))))
                .enableTransaction(Boolean.parseBoolean(arguments[2]))
                .build();
        Transaction transaction = null;
        Scanner lines = new Scanner(System.in);
        while (lines.hasNextLine()) {
            String line = lines.nextLine();
            String[] words = line.split(" ", line.startsWith("delay ") ? 4 : 3);
            switch (words[0]) {
                case "send" -> message(words[1]).value(words[2].getBytes()).send();
                case "delay" -> message(words[1])
                        .deliverAfter(Long.parseLong(words[2]), TimeUnit.SECONDS)
                        .value(words[3].getBytes())
                        .send();
                case "begin" -> transaction = client.newTransaction()
                        .withTransactionTimeout(10, TimeUnit.MINUTES)
                        .build()
                        .get();
                case "transact" -> producer(words[1]).newMessage(transaction).value(words[2].getBytes()).send();
                case "commit" -> transaction.commit().get();
                default -> throw new IllegalArgumentException(words[0]);
            }
            System.out.println("done");
        }
        client.close();
    }

    private static TypedMessageBuilder<byte[]> message(String topic) throws Exception {
        return producer(topic).newMessage();
    }

    private static Producer<byte[]> producer(String topic) throws Exception {
        if (!PRODUCERS.containsKey(topic)) {
            // A transaction takes only producers that never give up.
            PRODUCERS.put(topic, client.newProducer().topic(topic).sendTimeout(0, TimeUnit.SECONDS).create());
        }
        return PRODUCERS.get(topic);
    }
}
