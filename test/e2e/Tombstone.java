import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.PulsarClient;

/** Publishes one message with a key and no value. Usage: java -cp "JARS/*" Tombstone.java SERVICE_URL TOPIC */
class Tombstone {
    public static void main(String[] arguments) throws Exception {
        try (PulsarClient client = PulsarClient.builder().serviceUrl(arguments[0]).build();
                Producer<byte[]> producer = client.newProducer().topic(arguments[1]).create()) {
            producer.newMessage().key("u").value(null).send();
        }
    }
}
